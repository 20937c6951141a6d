"""Proofs of the shape of a real VM test: 1,849 derivations, some 640 paths. Their time, and the evidence of them."""

import json
import os
import statistics

from lab import Lab
from measure import Row, Wrong, timed

SHAPE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "Shape")
TARGETS = ["vm-test-run-kde4", "libguestfs", "qemu", "qemu_kvm"]
ROUNDS = 11


def measure(bench):
    lab = Lab(bench, "shape", f"{SHAPE}/shape.nix", [f"{SHAPE}/make-cache"], "key.public")
    try:
        yield from beside_nix(bench, lab)
        yield from evidence(bench, lab)
    finally:
        lab.close()


def prove(bench, lab, store):
    seconds, output = lab.inside(lab.prove(bench, bench.nix, TARGETS, store))
    document = json.loads(output)
    if document["verdict"] != "warm":
        raise Wrong("the proof was not warm")
    return seconds, document


def beside_nix(bench, lab):
    """`prove` against the bare `nix build` of the same, in alternating rounds."""
    rounds = []
    for _ in range(ROUNDS):
        bare, _ = lab.inside(lab.build(bench.nix, TARGETS))
        rounds.append((bare, prove(bench, lab, "timed.sqlite")[0]))
    bare, proved = (statistics.median(column) for column in zip(*rounds))
    allowed = bare * 1.15 + 0.15
    yield Row("nix build of the shape of a VM test", bare, f"{bare:.3f} s")
    yield Row("warmth prove of the same", proved, f"{proved:.3f} s", f"at most {allowed:.3f} s", proved <= allowed)


def evidence(bench, lab):
    store = f"{lab.scratch}/sized.sqlite"
    _, document = prove(bench, lab, "sized.sqlite")
    first = os.path.getsize(store)
    _, bundle = timed([bench.warmth, "audit", "export", document["run"]["id"], "--evidence", store])
    more = 20
    for _ in range(more):
        prove(bench, lab, "sized.sqlite")
    each = (os.path.getsize(store) - first) / more
    for name, size, bar in [("the store after one proof of it", first, 600_000), ("each further proof", each, 40_000),
                            ("its bundle, as handed out", len(bundle), 350_000)]:
        yield Row(name, size, f"{size / 1000:.0f} kB", f"at most {bar // 1000} kB", size <= bar)
