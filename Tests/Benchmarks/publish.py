"""Publication of the shape of a VM test to a file cache behind nginx, receipt included, beside the bare `nix copy`."""

import glob
import json
import os
import shutil
import statistics
import subprocess
import sys
import time

from lab import Lab
from measure import Row, Wrong
from shape import SHAPE, TARGETS

ROUNDS = 3


def measure(bench):
    lab = Lab(bench, "publish", f"{SHAPE}/shape.nix", [f"{SHAPE}/make-cache"], "key.public")
    try:
        order = {"warmth": bench.warmth, "nix": bench.nix, "url": lab.url, "key": lab.key, "scratch": lab.scratch,
                 "file": lab.file, "rounds": ROUNDS}
        _, answer = lab.inside([sys.executable, os.path.abspath(__file__), json.dumps(order)], stderr=None)
        paths, rounds = json.loads(answer.splitlines()[-1])
        bare, published = (statistics.median(column) for column in zip(*rounds))
        allowed = bare * 1.1 + 1
        yield Row(f"nix copy of {paths} paths to a file cache", bare, f"{bare:.2f} s")
        yield Row("warmth publish of the same, with its receipt", published, f"{published:.2f} s",
                  f"at most {allowed:.2f} s", published <= allowed)
    finally:
        lab.close()


class Inside:
    """The rounds, in a /nix of their own that holds all of the shape. Each goes into an empty cache, as a caller does
    that Nix remembers nothing of."""

    def __init__(self, order):
        self.__dict__.update(order)
        self.number = 0
        names = glob.glob(f"{self.scratch}/cache/*.narinfo")
        paths = [open(name).readline().split()[1] for name in names]
        self.run([self.nix, "copy", "--from", self.url, *paths, "--option", "trusted-public-keys", self.key])

    def run(self, command):
        home = f"{self.scratch}/home-{self.number}"
        self.number += 1
        os.makedirs(home)
        environment = {**os.environ, "HOME": home, "XDG_CACHE_HOME": f"{home}/cache"}
        began = time.perf_counter()
        done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment)
        seconds = time.perf_counter() - began
        if done.returncode:
            raise Wrong(f"{command[:2]} ended with {done.returncode}: {done.stderr.decode()[-2000:]}")
        return seconds

    def into(self, act):
        """Seconds of an act that fills an empty folder, which the read side serves."""
        place = f"{self.scratch}/cache/filled"
        seconds = act(place)
        narinfos = len(glob.glob(f"{place}/*.narinfo"))
        shutil.rmtree(place)
        return seconds, narinfos

    def warmth_publish(self, *options):
        """Seconds, and what the summary says of paths."""
        summary = f"{self.scratch}/summary.json"
        seconds = self.run([self.warmth, "publish", "-f", self.file, *TARGETS, "--nix", self.nix, "--build-closure",
                            "--summary", summary, *options])
        with open(summary) as file:
            return seconds, json.load(file)["paths"]

    def publish(self, place):
        seconds, paths = self.warmth_publish(
            "--to", f"file://{place}", "--signing-key", f"{self.scratch}/key.secret", "--read-side",
            f"{self.url}/filled", "--read-key", self.key)
        if not all(path["served"] for path in paths):
            raise Wrong("the receipt lacks paths")
        return seconds

    def copy(self, place):
        return self.run([self.nix, "copy", "--to", f"file://{place}?secret-key={self.scratch}/key.secret", *self.paths])

    def measure(self):
        self.paths = [path["path"] for path in self.warmth_publish("--no-push")[1]]
        rounds = []
        for _ in range(self.rounds):
            (bare, there), (published, served) = self.into(self.copy), self.into(self.publish)
            if not there == served == len(self.paths):
                raise Wrong(f"{there} paths were copied, and {served} of {len(self.paths)} published")
            rounds.append((bare, published))
        return len(self.paths), rounds


if __name__ == "__main__":
    print(json.dumps(Inside(json.loads(sys.argv[1])).measure()))
