"""How fast stored and piped logs are read, and in how much memory."""

import json
import os
import statistics
import subprocess
import sys

import loggen
from measure import Row, Wrong, timed, usage

SIZE = 100_000_000
# jq reads the log's beginning: the rest would only take minutes.
SIZE_FOR_JQ = 10_000_000
COUNT_COPIES = ('reduce (inputs | select(startswith("@nix ")) | .[5:] | fromjson'
                ' | select(.action == "start" and .type == 100)) as $copy (0; . + 1)')
STREAMED = 10_000_000_000


def measure(bench):
    records = os.path.join(bench.scratch, "records.json")
    truth = loggen.records(records, SIZE)
    beginning = os.path.join(bench.scratch, "beginning.json")
    beginning_truth = loggen.records(beginning, SIZE_FOR_JQ)
    yield from against_others(bench, records, truth, beginning, beginning_truth)
    yield from one_core(bench, "internal-json", records, truth, 1e9)

    text = os.path.join(bench.scratch, "text.log")
    yield from one_core(bench, "a person's log", text, loggen.text(text, SIZE), 500e6)

    memory, _ = usage([bench.warmth, "classify", records])
    yield Row("classify, peak memory at 100 MB", memory, megabytes(memory), "under 20 MB", memory < 20e6)
    yield streamed(bench, beginning, beginning_truth)
    yield several(bench, truth)


def classified(bench, logs, **options):
    """Seconds, and the document."""
    seconds, output = timed([bench.warmth, "classify", "--json", *logs], **options)
    return seconds, json.loads(output)


def expect(document, truth):
    wrong = loggen.check(document, truth)
    if wrong:
        raise Wrong(wrong)


def against_others(bench, records, truth, beginning, beginning_truth):
    """Megabytes a second of each in alternating rounds, from the first system call to the last."""
    speeds = {"classify": [], "grep -cF": [], "wc -l": [], "jq": []}
    for _ in range(5):
        seconds, document = classified(bench, [records])
        expect(document, truth)
        speeds["classify"].append(truth.bytes / seconds)
        for name, command, size, answer in [
            ("grep -cF", ["grep", "-cF", '"type":100}', records], truth.bytes, truth.copied),
            ("wc -l", ["wc", "-l", records], truth.bytes, truth.lines),
            ("jq", ["jq", "-Rn", COUNT_COPIES, beginning], beginning_truth.bytes, beginning_truth.copied),
        ]:
            seconds, output = timed(command)
            if int(output.split()[0]) != answer:
                raise Wrong(f"{name} counted {output.split()[0]} where {answer} is the truth")
            speeds[name].append(size / seconds)
    medians = {name: statistics.median(values) for name, values in speeds.items()}
    for name, speed in medians.items():
        yield Row(f"{name}, start-up included", speed, f"{speed / 1e6:.0f} MB/s")
    ratio = medians["classify"] / medians["jq"]
    yield Row("classify against jq", ratio, f"{ratio:.0f} times", "at least 25 times", ratio >= 25)


def one_core(bench, name, path, truth, least):
    """Bytes by seconds on the processor, those of start-up left out."""
    expect(classified(bench, [path])[1], truth)
    start = statistics.median(usage([bench.warmth, "--version"])[1] for _ in range(9))
    spent = statistics.median(usage([bench.warmth, "classify", path])[1] for _ in range(9))
    speed = truth.bytes / (spent - start)
    yield Row(f"classify, {name}, on one core", speed, f"{speed / 1e6:.0f} MB/s",
              f"at least {least / 1e6:.0f} MB/s", speed >= least)


def streamed(bench, block, truth):
    """Ten gigabytes through a pipe: the same valid log again and again, whose paths count once."""
    rounds = STREAMED // truth.bytes
    writer = subprocess.Popen(
        [sys.executable, "-c",
         "import os,sys\nblock=open(sys.argv[1],'rb').read()\n"
         "for _ in range(int(sys.argv[2])):\n rest=memoryview(block)\n while rest: rest=rest[os.write(1,rest):]",
         block, str(rounds)], stdout=subprocess.PIPE)
    answer = os.path.join(bench.scratch, "streamed.json")
    memory, spent = usage(["sh", "-c", '"$0" classify --json > "$1"', bench.warmth, answer], stdin=writer.stdout)
    writer.stdout.close()
    if writer.wait() != 0:
        raise Wrong("the log was not read to its end")
    with open(answer) as file:
        expect(json.load(file), loggen.Truth(truth.lines * rounds, truth.bytes * rounds, truth.copied, truth.built))
    return Row("classify, peak memory at 10 GB from a pipe", memory,
               megabytes(memory), "under 20 MB", memory < 20e6)


def several(bench, truth):
    """Several logs at once, against one after the other."""
    logs = [os.path.join(bench.scratch, f"several-{number}.json") for number in range(4)]
    for log in logs:
        os.symlink("records.json", log)
    _, document = classified(bench, logs)
    if [entry["name"] for entry in document["logs"]] != logs:
        raise Wrong("the logs are not in the order in which they were named")
    for entry in document["logs"]:
        expect(entry["classification"], truth)
    together, apart = [], []
    for _ in range(7):
        together.append(timed([bench.warmth, "classify", *logs])[0])
        apart.append(sum(timed([bench.warmth, "classify", log])[0] for log in logs))
    gain = statistics.median(apart) / statistics.median(together)
    # Two cores are often the two halves of one.
    least = 1.5 if os.cpu_count() > 1 else 0.9
    return Row(f"classify, 4 logs at once on {os.cpu_count()} cores", gain, f"{gain:.2f} times",
               f"at least {least} times", gain >= least)


def megabytes(size):
    return f"{size / 1e6:.1f} MB"
