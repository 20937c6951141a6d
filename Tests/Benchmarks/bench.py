"""Runs the benchmarks, prints their table, and writes it down."""

import argparse
import dataclasses
import importlib
import json
import os
import shutil
import subprocess
import sys
import tempfile

from measure import Bench, Wrong, fail

# Each is a module beside this one, with `measure(bench)` that gives rows.
AREAS = ["startup", "survey", "prove", "shape", "publish", "logs", "evidence"]


def main():
    parser = argparse.ArgumentParser(prog="scripts/bench")
    parser.add_argument("warmth")
    parser.add_argument("kit")
    parser.add_argument("areas", nargs="*", default=[], metavar="AREA", help=", ".join(AREAS))
    parser.add_argument("--nix", default="nix")
    parser.add_argument("--json")
    options = parser.parse_intermixed_args()
    for area in options.areas:
        if area not in AREAS:
            parser.error(f"there is no area '{area}'; there are {', '.join(AREAS)}")
    nix = shutil.which(options.nix) or fail(f"there is no Nix at '{options.nix}'")
    version = subprocess.run([nix, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    print(f"{version}, {os.cpu_count()} cores", flush=True)

    rows = []
    scratch = tempfile.mkdtemp(prefix="warmth-bench-")
    try:
        bench = Bench(options.warmth, options.kit, nix, scratch)
        for area in options.areas or AREAS:
            print(f"\n{area}", flush=True)
            for row in importlib.import_module(area).measure(bench):
                rows.append((area, row))
                print(f"  {row.name:58} {row.shown:>12}  {row.bar:24} {'' if row.met else 'MISSED'}".rstrip(),
                      flush=True)
    except Wrong as wrong:
        fail(wrong)
    finally:
        subprocess.run(["chmod", "-R", "u+w", scratch], check=False)
        shutil.rmtree(scratch)
    if options.json:
        with open(options.json, "w") as file:
            json.dump({"nix": version, "cores": os.cpu_count(),
                       "rows": [{"area": area, **dataclasses.asdict(row)} for area, row in rows]}, file, indent=2)
    sys.exit(0 if all(row.met for _, row in rows) else 1)


if __name__ == "__main__":
    main()
