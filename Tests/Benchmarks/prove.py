"""What a proof adds to the build that it watches."""

import functools
import http.server
import json
import os
import statistics
import tempfile
import threading

from measure import Row, Wrong, timed

LAB = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "EndToEndTests", "Fixtures")
TARGETS = ["libguestfs", "guestfs-tools", "qemu", "qemu_kvm", "big", "light"]


def measure(bench):
    """`prove` against the bare `nix build` of the same warm targets, in alternating rounds."""
    warmth, nix = bench.warmth, bench.nix
    scratch = os.path.join(bench.scratch, "prove")
    os.mkdir(scratch)
    timed([f"{LAB}/make-cache", nix, scratch])

    class Quiet(http.server.SimpleHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Head and body in one piece and at once, as real servers send them.
        wbufsize = -1
        disable_nagle_algorithm = True

        def log_message(self, *_):
            pass

    class Server(http.server.ThreadingHTTPServer):
        # The default of 5 lets connections wait a second for their second try.
        request_queue_size = 128

    server = Server(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=f"{scratch}/cache"))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    with open(f"{scratch}/lab-1.public") as file:
        key = file.read().strip()
    build = [nix, "build", "--no-link", "-f", f"{LAB}/lab.nix", *TARGETS,
             "--option", "substituters", url, "--option", "trusted-public-keys", key]
    prove = [warmth, "prove", "-f", f"{LAB}/lab.nix", *TARGETS, "--nix", nix, "--substituter", url,
             "--trusted-public-key", key, "--evidence", f"{scratch}/evidence.sqlite", "--json"]

    def inside(command, name):
        # The time is taken inside, without that of the mount; the home and its caches are new each time.
        home = tempfile.mkdtemp(dir=scratch)
        clock = ["python3", "-c",
                 "import subprocess,sys,time;b=time.perf_counter();"
                 "d=subprocess.run(sys.argv[2:],stdout=subprocess.PIPE,stderr=subprocess.DEVNULL);"
                 "open(sys.argv[1],'w').write(str(time.perf_counter()-b));"
                 "sys.stdout.buffer.write(d.stdout);sys.exit(d.returncode)", f"{home}/seconds"]
        _, output = timed([f"{LAB}/private-nix", home, *clock, *command])
        if name == "prove" and json.loads(output)["verdict"] != "warm":
            raise Wrong("the proof was not warm")
        with open(f"{home}/seconds") as file:
            return float(file.read())

    rounds = [(inside(build, "build"), inside(prove, "prove")) for _ in range(11)]
    server.shutdown()
    bare, proved = (statistics.median(column) for column in zip(*rounds))
    allowed = bare * 1.05 + 0.15
    return [
        Row(f"nix build of {len(TARGETS)} warm targets", bare, f"{bare:.3f} s"),
        Row("warmth prove of the same", proved, f"{proved:.3f} s", f"at most {allowed:.3f} s", proved <= allowed),
    ]
