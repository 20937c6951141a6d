"""Makes logs that look like those of real builds, and knows what is in them."""

import random
from dataclasses import dataclass

ALPHABET = "0123456789abcdfghijklmnpqrsvwxyz"
CACHE = "https://cache.example.org/main"


@dataclass
class Truth:
    """What a log says, whoever reads it."""

    lines: int = 0
    bytes: int = 0
    copied: int = 0
    built: int = 0


class Log:
    """A file that counts what is written into it."""

    def __init__(self, file, seed):
        self.file = file
        self.random = random.Random(seed)
        self.truth = Truth()

    def line(self, text):
        self.truth.lines += 1
        self.truth.bytes += self.file.write(text + "\n")

    def path(self, suffix=""):
        digest = "".join(self.random.choices(ALPHABET, k=32))
        return f"/nix/store/{digest}-package-{self.random.randrange(10**4)}.{self.random.randrange(100)}{suffix}"


def records(path, size, seed=20261121):
    """An internal-json log of `size` bytes: 98 of 100 lines are results, most of them progress of open copies."""
    with open(path, "w") as file:
        log = Log(file, seed)
        chance = log.random.random
        progress = []
        while log.truth.bytes < size or progress:
            number = chance()
            if len(progress) < 16 and log.truth.bytes < size:
                begin(log, progress)
            elif number < 0.97:
                copy = progress[int(chance() * len(progress))]
                copy[1] += int(chance() * 65536)
                log.line(f'@nix {{"action":"result","fields":[{copy[1]},104857600,0,0],"id":{copy[0]},"type":105}}')
            elif number < 0.98:
                log.line('@nix {"action":"result","fields":["checking for a working compiler... yes"],'
                         f'"id":{2**40 + log.random.randrange(100)},"type":101}}')
            elif number < 0.9835 or log.truth.bytes >= size:
                copy = progress.pop(int(chance() * len(progress)))[0]
                for own in (copy + 1, copy, copy - 1):
                    log.line(f'@nix {{"action":"stop","id":{own}}}')
        return log.truth


def begin(log, progress):
    log.truth.copied += 1
    path, parent = log.path(), 2**40 + 1000 + 3 * log.truth.copied
    log.line(f'@nix {{"action":"start","fields":["{path}","{CACHE}"],"id":{parent},"level":0,"parent":0,'
             '"text":"","type":108}')
    log.line(f'@nix {{"action":"start","fields":["{path}","{CACHE}","local"],"id":{parent + 1},"level":3,'
             f'"parent":{parent},"text":"copying path \'{path}\' from \'{CACHE}\'","type":100}}')
    log.line(f'@nix {{"action":"start","fields":["{CACHE}/nar/x.nar.xz"],"id":{parent + 2},"level":4,'
             f'"parent":{parent + 1},"text":"downloading \'{CACHE}/nar/x.nar.xz\'","type":101}}')
    progress.append([parent + 1, 0])


NOISE = [
    lambda n: f"  CC      drivers/net/ethernet/vendor/module_{n}.o",
    lambda n: f"gcc -DHAVE_CONFIG_H -I. -I./include -Wall -O2 -fPIC -g -c -o lib/file_{n}.o lib/file_{n}.c",
    lambda n: f"checking whether strerror_{n} is declared without a macro... yes",
    lambda n: f"qemu> [{n % 2000}/2000] Compiling C object libcommon.fa.p/hw_block_file_{n}.c.o",
    lambda n: f"qemu> copying path_{n} to the output, which no Nix says",
    lambda n: f"\x1b[01m\x1b[Ksrc/file_{n}.c:{n % 900}:12:\x1b[m\x1b[K \x1b[01;35m\x1b[Kwarning: \x1b[m\x1b[Kunused",
    lambda n: f"[{n % 90}/0/90 built, 12 copied (3.4 MiB)]\r[{n % 90}/1/90 built] building package-{n}",
    lambda n: f"[ {n % 100}%] Building CXX object src/CMakeFiles/core.dir/unit_{n}.cpp.o",
    lambda n: f"test case number {n} of the suite ... ok, as it was the last {n % 7} times that anybody looked",
    lambda n: "",
]


def text(path, size, seed=20261121):
    """A log as a person sees it, of `size` bytes; its second half has a CI's timestamp before each line."""
    with open(path, "w") as file:
        log = Log(file, seed)
        while log.truth.bytes < size:
            number = log.random.randrange(10**6)
            line = NOISE[number % len(NOISE)](number)
            if number < 3000:
                log.truth.copied += 1
                line = f"copying path '{log.path()}' from '{CACHE}'..."
            elif number < 4000:
                log.truth.built += 1
                line = f"building '{log.path('.drv')}'..."
            elif number < 8000:
                line = f"downloading '{CACHE}/nar/{number}.nar.xz'..."
            stamp = f"2026-05-03T12:{number % 60:02}:07.1234567Z " if log.truth.bytes > size // 2 else ""
            log.line(stamp + line)
        return log.truth


def check(document, truth):
    """What is wrong with an answer of `classify --json`, or nothing."""
    counts = document["counts"]
    found = Truth(document["lines"], document["bytes"], counts["copied"], counts["built"])
    return None if found == truth else f"classify found {found} where {truth} is the truth"
