"""What `scripts/bench` measures. Each benchmark checks the answer before it counts the time."""

import argparse
import functools
import http.server
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

LAB = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "EndToEndTests", "Fixtures")
TARGETS = ["libguestfs", "guestfs-tools", "qemu", "qemu_kvm", "big", "light"]
ALPHABET = "0123456789abcdfghijklmnpqrsvwxyz"


def timed(command, expected=0, **options):
    """The seconds that a command takes; it must end with the expected code."""
    began = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
    seconds = time.perf_counter() - began
    if done.returncode != expected:
        sys.exit(f"bench: {command[0]} ended with {done.returncode}: {done.stderr.decode()[-2000:]}")
    return seconds, done.stdout


def startup(warmth):
    """The time to the first word."""
    return statistics.median(timed([warmth, "--version"])[0] for _ in range(21))


def overhead(warmth, nix, scratch):
    """`prove` against the bare `nix build` of the same warm targets, in alternating rounds."""
    subprocess.run([f"{LAB}/make-cache", nix, scratch], check=True, capture_output=True)

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
            sys.exit("bench: the proof was not warm")
        with open(f"{home}/seconds") as file:
            return float(file.read())

    rounds = [(inside(build, "build"), inside(prove, "prove")) for _ in range(11)]
    server.shutdown()
    return tuple(statistics.median(column) for column in zip(*rounds))


def log(path, size):
    """An internal-json log as a real build writes it: 98 of 100 lines are progress."""
    generator = random.Random(20261121)
    copies = written = 0
    with open(path, "w") as file:
        while written < size:
            chance = generator.random()
            if chance < 0.98:
                line = ('@nix {"action":"result","fields":[%d,100000000,0,0],"id":%d,"type":105}\n'
                        % (generator.randrange(10**8), 2**40 + generator.randrange(100)))
            elif chance < 0.99:
                line = ('@nix {"action":"result","fields":["checking for a working compiler... yes"],'
                        '"id":%d,"type":101}\n' % (2**40 + generator.randrange(100)))
            else:
                copies += 1
                path_ = "/nix/store/" + "".join(generator.choice(ALPHABET) for _ in range(32)) + f"-p-{copies}"
                own, parent = 2 * copies, 2 * copies + 1
                line = (f'@nix {{"action":"start","fields":["{path_}","https://cache.example"],"id":{parent},'
                        f'"level":0,"parent":0,"text":"","type":108}}\n'
                        f'@nix {{"action":"start","fields":["{path_}","https://cache.example","local"],"id":{own},'
                        f'"level":3,"parent":{parent},"text":"copying path","type":100}}\n'
                        f'@nix {{"action":"stop","id":{own}}}\n@nix {{"action":"stop","id":{parent}}}\n')
            file.write(line)
            written += len(line)
    return copies


def classify(warmth, scratch):
    """Seconds and peak memory for 100 MB; the number of copies is known."""
    path = f"{scratch}/log.json"
    copies = log(path, 100_000_000)
    seconds = []
    for _ in range(7):
        took, output = timed([warmth, "classify", path, "--json"])
        if json.loads(output)["counts"]["copied"] != copies:
            sys.exit("bench: classify counted wrongly")
        seconds.append(took)
    # Of all children so far the largest, which a proof's Nix would be: so this one is asked alone.
    peak = subprocess.run(
        ["python3", "-c", "import resource,subprocess,sys;subprocess.run(sys.argv[1:],stdout=subprocess.DEVNULL);"
         "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)", warmth, "classify", path],
        capture_output=True, check=True)
    return statistics.median(seconds), int(peak.stdout) * 1024


def main():
    parser = argparse.ArgumentParser(prog="scripts/bench")
    parser.add_argument("warmth")
    parser.add_argument("--nix", default="nix")
    parser.add_argument("--json")
    options = parser.parse_args()
    nix = shutil.which(options.nix) or sys.exit(f"bench: there is no Nix at '{options.nix}'")
    scratch = tempfile.mkdtemp(prefix="warmth-bench-")
    try:
        start = startup(options.warmth)
        bare, proved = overhead(options.warmth, nix, scratch)
        seconds, memory = classify(options.warmth, scratch)
    finally:
        subprocess.run(["chmod", "-R", "u+w", scratch], check=False)
        shutil.rmtree(scratch)
    version = subprocess.run([nix, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    allowed = bare + 0.3 + 0.05 * bare
    rows = [
        ("warmth --version", f"{start * 1e3:.0f} ms", "30 ms", start < 0.03),
        (f"nix build of {len(TARGETS)} warm targets ({version})", f"{bare:.3f} s", "", True),
        ("warmth prove of the same", f"{proved:.3f} s", f"{allowed:.3f} s", proved <= allowed),
        ("classify, 100 MB of internal-json", f"{seconds:.3f} s", "0.5 s", seconds <= 0.5),
        ("classify, peak memory", f"{memory / 1e6:.0f} MB", "60 MB", memory <= 60e6),
    ]
    for name, value, bar, met in rows:
        print(f"{name:52} {value:>10}  {('at most ' + bar) if bar else '':16} {'' if met else 'OVER'}")
    if options.json:
        with open(options.json, "w") as file:
            json.dump({"startup": start, "nixBuild": bare, "prove": proved, "classify": seconds,
                       "classifyMemory": memory, "nix": version}, file, indent=2)
    sys.exit(0 if all(row[3] for row in rows) else 1)


if __name__ == "__main__":
    main()
