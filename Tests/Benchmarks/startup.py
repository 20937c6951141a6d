"""How long the program takes to say its first word, and how large it is then."""

import statistics

from measure import Row, timed, usage


def measure(bench):
    start = statistics.median(timed([bench.warmth, "--version"])[0] for _ in range(41))
    yield Row("warmth --version", start, f"{start * 1e3:.1f} ms", "under 10 ms", start < 0.01)
    # Nix is started through the same program; asked for nothing, that ends at once.
    supervised = statistics.median(timed([bench.warmth, "supervise"], expected=127)[0] for _ in range(41))
    yield Row("what Nix is started through", supervised, f"{supervised * 1e3:.1f} ms")
    memory, _ = usage([bench.warmth, "--version"])
    yield Row("warmth --version, peak memory", memory, f"{memory / 1e6:.1f} MB")
