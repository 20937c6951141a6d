"""How fast stored logs are read."""

import json
import os
import random
import statistics

from measure import Row, Wrong, timed, usage

ALPHABET = "0123456789abcdfghijklmnpqrsvwxyz"


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


def measure(bench):
    """Seconds and peak memory for 100 MB; the number of copies is known."""
    path = os.path.join(bench.scratch, "log.json")
    copies = log(path, 100_000_000)
    seconds = []
    for _ in range(7):
        took, output = timed([bench.warmth, "classify", path, "--json"])
        if json.loads(output)["counts"]["copied"] != copies:
            raise Wrong("classify counted wrongly")
        seconds.append(took)
    median = statistics.median(seconds)
    memory, _ = usage([bench.warmth, "classify", path])
    return [
        Row("classify, 100 MB of internal-json", median, f"{median:.3f} s", "at most 0.5 s", median <= 0.5),
        Row("classify, peak memory", memory, f"{memory / 1e6:.0f} MB", "at most 60 MB", memory <= 60e6),
    ]
