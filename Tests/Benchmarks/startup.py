"""How long the program takes to say its first word."""

import statistics

from measure import Row, timed


def measure(bench):
    start = statistics.median(timed([bench.warmth, "--version"])[0] for _ in range(21))
    return [Row("warmth --version", start, f"{start * 1e3:.1f} ms", "under 10 ms", start < 0.01)]
