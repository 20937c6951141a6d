"""What years of evidence cost: room, questions, and bringing stores together."""

import json
import os
import shutil
import statistics
import subprocess

from measure import Row, Wrong, timed, usage

RUNS = 100_000
PATHS = 40
IMPORTED = 5_000
SINGLE = 2_000
AUDITED = 10_000


def kit(bench, path, *options):
    """Fills a store; gives the answers that it must give."""
    # Otherwise glibc gives memory back to the system and takes it again with every run.
    calm = dict(os.environ, MALLOC_TRIM_THRESHOLD_="200000000", MALLOC_TOP_PAD_="67108864")
    took, output = timed([bench.kit, "evidence", path, "--paths", str(PATHS), *options], env=calm)
    return took, json.loads(output)


def per_testimony(path, runs):
    return os.path.getsize(path) / (runs * PATHS)


def beyond_startup(bench, command, expected=0, rounds=11, measured=timed):
    """Medians, in alternating rounds, of what a command takes beyond start-up, and of all that it takes."""
    pairs = [(measured([bench.warmth, "--version"]), measured(command, expected)) for _ in range(rounds)]
    version, whole = (statistics.median(column) for column in zip(*pairs))
    return whole - version, whole


def wall(command, expected=0):
    return timed(command, expected)[0]


def processor(command, expected=0):
    return usage(command, expected)[1]


def questions(bench, store, answers):
    rows = []
    for question in answers["questions"]:
        options = question["options"]
        for noun in ["runs", "paths"]:
            command = [bench.warmth, "audit", noun, "--evidence", store, "--json", *options]
            document = json.loads(timed(command)[1])
            if noun == "runs" and [run["id"] for run in document["runs"]] != question["runs"]:
                raise Wrong(f"audit runs {' '.join(options)} gave other runs")
            if noun == "paths" and not {path["run"] for path in document["paths"]} <= set(question["runs"]):
                raise Wrong(f"audit paths {' '.join(options)} gave other runs")
            if bool(document[noun]) != bool(question["runs"]):
                raise Wrong(f"audit {noun} {' '.join(options)} gave nothing, or something")
            beyond, seconds = beyond_startup(bench, command, measured=wall)
            words = [option if option.startswith("--") or len(option) < 30 else "…" for option in options]
            rows.append(Row(f"audit {noun} {' '.join(words)}", beyond,
                            f"{beyond * 1e3:.1f} ms ({seconds * 1e3:.0f})", "under 50 ms beyond start-up",
                            beyond < 0.05))
    return rows


def audits(bench, scratch):
    """What an operator asks of a store of 10,000 runs: every answer, with every filter; of each, the slowest."""
    store = os.path.join(scratch, "audited.sqlite")
    answers = kit(bench, store, "--runs", str(AUDITED), "--first", str(RUNS - AUDITED))[1]
    os.sync()
    plans = timed([bench.kit, "plans", store, answers["target"], answers["path"]])[1].decode()
    print("\n".join(f"    {line}" for line in plans.splitlines()), flush=True)
    target = answers["target"]
    about = next(q["runs"] for q in answers["questions"] if q["options"] == ["--target", target])
    nouns = {"runs": [], "paths": [], "history": [target], "caches": [], "regressions": []}
    slowest = {}

    def ask(noun, command, name):
        spent = beyond_startup(bench, command, rounds=5, measured=processor)[0]
        slowest[noun] = max(slowest.get(noun, (0, "")), (spent, name))

    for question in answers["questions"]:
        options = question["options"]
        for noun, arguments in nouns.items():
            if noun == "history" and "--target" in options:
                continue
            command = [bench.warmth, "audit", noun, *arguments, "--evidence", store, "--json", *options]
            document = json.loads(timed(command)[1])
            if noun == "runs" and [run["id"] for run in document["runs"]] != question["runs"]:
                raise Wrong(f"audit runs {' '.join(options)} gave other runs")
            if noun == "history" and not options and [run["run"] for run in document["runs"]] != about:
                raise Wrong("audit history gave other runs")
            if noun == "caches" and not options:
                found = {cache["cache"]: {"runs": cache["runs"], "paths": cache["paths"]}
                         for cache in document["caches"]}
                if found != answers["caches"]:
                    raise Wrong("audit caches gave other sums")
            ask(noun, command, " ".join(option[:24] for option in options) or "no filter")
    options = ["--until", answers["regressionsUntil"]]
    command = [bench.warmth, "audit", "regressions", "--evidence", store, "--json", *options]
    found = sorted(entry["installable"] for entry in json.loads(timed(command)[1])["regressions"])
    if not found or found != answers["regressions"]:
        raise Wrong(f"audit regressions gave other targets: {found}")
    ask("regressions", command, "where there are some")
    ask("show", [bench.warmth, "audit", "show", answers["latest"], "--evidence", store, "--json"], "a run")
    return [
        Row(f"audit {noun}, the slowest of all filters ({name})", spent,
            f"{spent * 1e3:.1f} ms", "at most 50 ms beyond start-up", spent <= 0.05)
        for noun, (spent, name) in slowest.items()
    ]


def measure(bench):
    scratch = os.path.join(bench.scratch, "evidence")
    os.mkdir(scratch)
    rows = audits(bench, scratch)
    store = os.path.join(scratch, "store.sqlite")
    took, answers = kit(bench, store, "--runs", str(RUNS))
    size = per_testimony(store, RUNS)
    # What was written without a wait is not to be waited for by what is measured.
    os.sync()
    single = os.path.join(scratch, "single.sqlite")
    kit(bench, single, "--runs", str(SINGLE), "--bump", "1")
    rows += [
        Row(f"recording {RUNS} runs of {PATHS} paths", took, f"{took:.0f} s"),
        Row("the store's size per path testimony", size, f"{size:.1f} bytes", "at most 100 bytes", size <= 100),
        Row("the same where nothing repeats", per_testimony(single, SINGLE),
            f"{per_testimony(single, SINGLE):.0f} bytes", "at most 1500 bytes",
            per_testimony(single, SINGLE) <= 1500),
    ]

    gate = [bench.warmth, "gate", "--evidence", store, "--json", "--max-age", "36500d", "--target"]
    output = timed([bench.kit, "record", store, "--paths", str(PATHS)])[1]
    one = statistics.median(float(line) for line in output.split())
    rows.append(Row(f"recording one run of {PATHS} paths, durably", one, f"{one * 1e3:.1f} ms"))
    # The latest run about it may have had any verdict.
    done = subprocess.run([*gate, answers["target"]], stdout=subprocess.PIPE, check=False)
    if json.loads(done.stdout)["targets"][0]["run"] != answers["latest"]:
        raise Wrong("gate rests on another run")
    for name, target, code in [("gate", answers["target"], done.returncode), ("gate, of no run", "no-such", 2)]:
        spent, _ = beyond_startup(bench, [*gate, target], code, rounds=31, measured=processor)
        rows.append(Row(f"{name}, process time beyond start-up", spent, f"{spent * 1e3:.1f} ms", "at most 7.7 ms",
                        spent <= 0.0077))
    rows += questions(bench, store, answers)

    other = os.path.join(scratch, "other.sqlite")
    kit(bench, other, "--runs", str(IMPORTED), "--first", str(RUNS - IMPORTED), "--letter", "b")
    command = [bench.warmth, "audit", "import", other, "--evidence", store, "--json"]
    took, output = timed(command)
    if json.loads(output)["imported"] != IMPORTED:
        raise Wrong("audit import imported another number of runs")
    rate = IMPORTED / took
    rows.append(Row(f"audit import of {IMPORTED} runs, durably", rate, f"{rate:.0f} runs/s",
                    "at least 2000 runs/s", rate >= 2000))
    took, output = timed(command)
    if json.loads(output)["known"] != IMPORTED:
        raise Wrong("audit import did not know what it had imported")
    rows.append(Row("the same again, where all is known", IMPORTED / took, f"{IMPORTED / took:.0f} runs/s"))
    took, output = timed([bench.warmth, "audit", "verify", "--evidence", other, "--json"])
    if not json.loads(output)["intact"]:
        raise Wrong("audit verify found something")
    rate = IMPORTED / took
    rows.append(Row(f"audit verify of {IMPORTED} runs", rate, f"{rate:.0f} runs/s", "at least 3000 runs/s",
                    rate >= 3000))
    shutil.rmtree(scratch)
    return rows
