"""What a proof adds to the build that it watches, and whether Nix ever waits for it."""

import json
import os
import pty
import sqlite3
import statistics
import subprocess
import threading

import loggen
from lab import FIXTURES, Lab
from measure import Row, Wrong

TARGETS = ["libguestfs", "guestfs-tools", "qemu", "qemu_kvm", "big", "light"]


# A Nix that logs as fast as it can where it is asked to build, says how long that took, and fails.
CHATTY = """#!/bin/sh
[ "$1" = build ] || exec "$NIX" "$@"
began=$(date +%s%N)
for round in $(seq "$ROUNDS"); do cat "$LOG" >&2 || exit 3; done
echo $(($(date +%s%N) - began)) > "$CLOCK"
exit 1
"""
ROUNDS = 10


def measure(bench):
    lab = Lab(bench, "prove", f"{FIXTURES}/lab.nix", [f"{FIXTURES}/make-cache", bench.nix], "lab-1.public")
    try:
        yield from added(bench, lab)
        yield from heard(bench, lab)
    finally:
        lab.close()


def added(bench, lab):
    """`prove` against the bare `nix build` of the same warm targets, in alternating rounds."""
    build = lab.build(bench.nix, TARGETS)
    prove = lab.prove(bench, bench.nix, TARGETS, "evidence.sqlite")
    rounds = []
    for _ in range(21):
        bare, _ = lab.inside(build)
        proved, output = lab.inside(prove)
        if json.loads(output)["verdict"] != "warm":
            raise Wrong("the proof was not warm")
        rounds.append((bare, proved))
    bare, proved = (statistics.median(column) for column in zip(*rounds))
    allowed = bare * 1.05 + 0.15
    yield Row(f"nix build of {len(TARGETS)} warm targets", bare, f"{bare:.3f} s")
    yield Row("warmth prove of the same", proved, f"{proved:.3f} s", f"at most {allowed:.3f} s", proved <= allowed)


def heard(bench, lab):
    """How fast Nix can log while it is watched, with a terminal to show progress on and without."""
    nix, log = f"{lab.scratch}/chatty-nix", f"{lab.scratch}/log.json"
    with open(nix, "w") as file:
        file.write(CHATTY)
    os.chmod(nix, 0o755)
    truth = loggen.records(log, 100_000_000)
    clock = f"{lab.scratch}/clock"
    environment = {**os.environ, "NIX": bench.nix, "LOG": log, "ROUNDS": str(ROUNDS), "CLOCK": clock}

    def speed():
        with open(clock) as file:
            return truth.bytes * ROUNDS / int(file.read()) * 1e9

    def watched(evidence, **options):
        # The targets are not what the log says was brought, so it is no proof.
        lab.inside(lab.prove(bench, nix, ["light"], evidence), expected=2, env=environment, **options)
        with sqlite3.connect(f"{lab.scratch}/{evidence}") as database:
            (lines,) = database.execute("SELECT lines FROM realization").fetchone()
        if lines < truth.lines * ROUNDS:
            raise Wrong(f"prove read {lines} of {truth.lines * ROUNDS} lines")
        return speed()

    def into_cat():
        subprocess.run(["sh", "-c", '"$0" build 2>&1 | cat > /dev/null', nix], check=True, env=environment)
        return speed()

    def on_a_terminal():
        ours, theirs = pty.openpty()
        reader = threading.Thread(target=drain, args=[ours])
        reader.start()
        try:
            return watched("terminal.sqlite", stderr=theirs)
        finally:
            os.close(theirs)
            reader.join()
            os.close(ours)

    bare = into_cat()
    yield Row("a Nix that only logs, into cat", bare, f"{bare / 1e6:.0f} MB/s")
    for name, found in [("into prove", watched("plain.sqlite")), ("into prove on a terminal", on_a_terminal())]:
        yield Row(f"the same {name}", found, f"{found / 1e6:.0f} MB/s", "at least 200 MB/s", found >= 200e6)


def drain(terminal):
    try:
        while os.read(terminal, 65536):
            pass
    except OSError:
        # The other end is closed.
        pass
