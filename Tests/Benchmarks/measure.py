"""What every benchmark measures with."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One line of the table: what was measured, how it is printed, its bar and whether it was met.

    `value` is in SI units: seconds, bytes, bytes per second, or a plain ratio.
    """

    name: str
    value: float
    shown: str
    bar: str = ""
    met: bool = True


@dataclass(frozen=True)
class Bench:
    """What the measures are given: programs, and a directory to work in."""

    warmth: str
    kit: str
    nix: str
    scratch: str


class Wrong(Exception):
    """An answer that is not the right one: its time is worth nothing."""


def timed(command, expected=0, **options):
    """The seconds that a command takes, and what it prints; it must end with the expected code."""
    began = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
    seconds = time.perf_counter() - began
    if done.returncode != expected:
        raise Wrong(f"{' '.join(command[:3])} ended with {done.returncode}: {done.stderr.decode()[-2000:]}")
    return seconds, done.stdout


def usage(command, expected=0, stdin=None):
    """Peak memory in bytes, and seconds on the processor, of a command and its children."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        # A process of its own: the kernel keeps the largest of all children so far.
        import resource

        done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=stdin)
        spent = resource.getrusage(resource.RUSAGE_CHILDREN)
        os.write(writer, f"{done.returncode} {spent.ru_maxrss} {spent.ru_utime + spent.ru_stime}".encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as answer:
        code, memory, processor = answer.read().split()
    os.waitpid(child, 0)
    if int(code) != expected:
        raise Wrong(f"{' '.join(command[:3])} ended with {code}")
    return int(memory) * 1024, float(processor)


def fail(message):
    sys.exit(f"bench: {message}")
