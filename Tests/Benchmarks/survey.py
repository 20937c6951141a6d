"""How fast caches are asked for whole closures, beside Nix, curl and the bare verification of signatures."""

import json
import os
import statistics
import time

from measure import Row, Wrong, timed, usage
from nginx import LATENCY, Nginx

SIZES = [100, 1_000, 10_000, 100_000]


class Cache:
    """A signed cache of nested closures behind nginx, at once and with latency."""

    def __init__(self, bench):
        self.scratch = os.path.join(bench.scratch, "survey")
        self.directory = os.path.join(self.scratch, "cache")
        os.makedirs(self.directory)
        _, told = timed([bench.kit, "closure", self.directory, *map(str, SIZES)])
        lines = told.decode().split("\n")
        self.key = lines[0]
        self.roots = {int(size): root for size, root in (line.split(" ") for line in lines[1:] if line)}
        self.server = Nginx(self.scratch, self.directory)
        self.plain, self.slow = self.server.plain, self.server.slow

    def stop(self):
        self.server.stop()


def forecast(bench, cache, url, size):
    """Seconds for a whole closure, every signature verified; it must be complete."""
    command = [bench.warmth, "forecast", "--recursive", "--json", "--substituter", url,
               "--trusted-public-key", cache.key, cache.roots[size]]
    seconds, output = timed(command)
    found = json.loads(output)
    if (found["answer"], found["paths"], found["available"]) != ("yes", size, size):
        raise Wrong(f"the forecast of {size} paths found {found['available']} of {found['paths']}")
    return seconds


def nix(bench, cache, url, size):
    """The same closure by Nix, which verifies nothing of it."""
    home = os.path.join(cache.scratch, f"home-{time.time_ns()}")
    os.mkdir(home)
    seconds, output = timed(
        [bench.nix, "path-info", "--extra-experimental-features", "nix-command", "--recursive", "--store", url,
         cache.roots[size]], env={**os.environ, "HOME": home, "XDG_CACHE_HOME": home})
    if len(output.split()) != size:
        raise Wrong(f"Nix found {len(output.split())} of {size} paths")
    return seconds


def curl(cache, url, names):
    """The same narinfos by curl, which is told where they all are."""
    urls = os.path.join(cache.scratch, "urls")
    with open(urls, "w") as file:
        for name in names:
            file.write(f'url = "{url}/{name}"\noutput = "/dev/null"\n')
    return timed(["curl", "--silent", "--fail", "--parallel", "--parallel-max", "64", "--config", urls])[0]


def verify(bench, count):
    """So many verifications over all cores, with the library that the survey uses."""
    return float(timed([bench.kit, "verify", str(count)])[1])


def medians(rounds):
    return [statistics.median(column) for column in zip(*rounds)]


def measure(bench):
    cache = Cache(bench)
    try:
        return loopback(bench, cache) + distant(bench, cache) + large(bench, cache)
    finally:
        cache.stop()


def loopback(bench, cache):
    size = 10_000
    names = closure(cache, size)
    ours, theirs, fetched, verified = medians(
        [(forecast(bench, cache, cache.plain, size), nix(bench, cache, cache.plain, size),
          curl(cache, cache.plain, names), verify(bench, size)) for _ in range(5)])
    bound = 2 * max(fetched, verified)
    return [
        Row("10,000 paths on loopback: nix path-info", theirs, f"{theirs:.2f} s"),
        Row("  curl --parallel-max 64 of the same addresses", fetched, f"{fetched:.2f} s"),
        Row("  10,000 verifications over both cores", verified, f"{verified:.2f} s"),
        Row("  warmth forecast --recursive", ours, f"{ours:.2f} s", f"at most {bound:.2f} s", ours <= bound),
        Row("  times as fast as Nix", theirs / ours, f"{theirs / ours:.1f}", "at least 3", theirs / ours >= 3),
    ]


def distant(bench, cache):
    size = 10_000
    names = closure(cache, size)
    ours = statistics.median(forecast(bench, cache, cache.slow, size) for _ in range(3))
    fetched = curl(cache, cache.slow, names)
    # One path after the other: a tenth of them takes a tenth of the time, and is enough to wait for.
    theirs = nix(bench, cache, cache.slow, size // 10) * 10
    return [
        Row("10,000 paths 20 ms away: nix path-info (of 1,000, ten times)", theirs, f"{theirs:.0f} s"),
        Row("  curl --parallel-max 64 of the same addresses", fetched, f"{fetched:.2f} s"),
        Row("  warmth forecast --recursive", ours, f"{ours:.2f} s"),
        Row("  times as fast as Nix", theirs / ours, f"{theirs / ours:.0f}", "at least 60", theirs / ours >= 60),
    ]


def large(bench, cache):
    size = 100_000
    ours, smaller = medians([(forecast(bench, cache, cache.plain, size),
                              forecast(bench, cache, cache.plain, size // 10)) for _ in range(3)])
    growth = ours / smaller
    command = [bench.warmth, "forecast", "--recursive", "--json", "--substituter", cache.plain,
               "--trusted-public-key", cache.key]
    memory, _ = usage([*command, cache.roots[size]])
    least, _ = usage([*command, cache.roots[100]])
    each = (memory - least) / size
    return [
        Row("100,000 paths on loopback: warmth forecast --recursive", ours, f"{ours:.1f} s"),
        Row("  times as long as 10,000", growth, f"{growth:.1f}", "at most 11.5", growth <= 11.5),
        Row("  peak memory", memory, f"{memory / 1e6:.0f} MB", "at most 300 MB", memory <= 300e6),
        Row("  memory for each path", each, f"{each:.0f} B"),
    ]


def closure(cache, size):
    """The narinfos of a closure, by their files' names."""
    def hash_part(path):
        return path.rsplit("/", 1)[-1][:32]

    known = {hash_part(cache.roots[size])}
    waiting = list(known)
    while waiting:
        with open(os.path.join(cache.directory, f"{waiting.pop()}.narinfo")) as file:
            references = next(line for line in file if line.startswith("References: "))
        for reference in references.split()[1:]:
            if reference[:32] not in known:
                known.add(reference[:32])
                waiting.append(reference[:32])
    if len(known) != size:
        raise Wrong(f"the closure of {size} paths has {len(known)}")
    return [f"{name}.narinfo" for name in sorted(known)]
