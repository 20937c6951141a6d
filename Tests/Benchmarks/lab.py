"""Caches behind nginx, and commands that use them in an empty /nix."""

import os
import subprocess
import tempfile

from measure import Wrong, timed
from nginx import Nginx

FIXTURES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "EndToEndSupport", "Fixtures")


class Lab:
    """A cache that `make` fills in the scratch folder, and an empty /nix for each command about `file`."""

    def __init__(self, bench, name, file, make, key):
        self.scratch = os.path.join(bench.scratch, name)
        self.file = file
        os.mkdir(self.scratch)
        timed([*make, self.scratch])
        self.server = Nginx(self.scratch, f"{self.scratch}/cache")
        self.url = self.server.plain
        with open(f"{self.scratch}/{key}") as text:
            self.key = text.read().strip()

    def close(self):
        self.server.stop()

    def build(self, nix, targets):
        return [nix, "build", "--no-link", "-f", self.file, *targets,
                "--option", "substituters", self.url, "--option", "trusted-public-keys", self.key]

    def prove(self, bench, nix, targets, evidence, *options):
        return [bench.warmth, "prove", "-f", self.file, *targets, "--nix", nix, "--substituter", self.url,
                "--trusted-public-key", self.key, "--evidence", f"{self.scratch}/{evidence}", "--json", *options]

    def inside(self, command, expected=0, **options):
        """Seconds and output of a command; the time is taken inside, without that of the mount. The home and
        its caches are new each time."""
        home = tempfile.mkdtemp(dir=self.scratch)
        clock = ["python3", "-c",
                 "import subprocess,sys,time;b=time.perf_counter();"
                 "d=subprocess.run(sys.argv[2:],stdout=subprocess.PIPE);"
                 "open(sys.argv[1],'w').write(str(time.perf_counter()-b));"
                 "sys.stdout.buffer.write(d.stdout);sys.exit(d.returncode)", f"{home}/seconds"]
        done = subprocess.run([f"{FIXTURES}/private-nix", home, *clock, *command], stdout=subprocess.PIPE,
                              **{"stderr": subprocess.DEVNULL, **options})
        if done.returncode != expected:
            raise Wrong(f"{' '.join(command[:2])} ended with {done.returncode}")
        with open(f"{home}/seconds") as file:
            return float(file.read()), done.stdout
