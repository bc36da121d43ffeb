"""Runs `wardwatch match` and shapely in two ways, in turn, over the same files, and prints one JSON
object. The first way is what shapely's manual has, and what the ratio is to; the second what its
every trick gives, on all cores: `boxes_`. Both are in join.py.

    race.py WARDWATCH DIR        DIR as `wardwatch bench export` writes it; needs room for the
                                 answers of both, some 10 bytes a match each

A time is that of a whole run, from the start until the answers are in a file; the memory that of
its largest process, of which shapely has one more than there are cores. The figures are the medians
of the rounds, the ratio that of the rounds' own; `match_` is this program's, `disagreements` are
pairs of a point and an area."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

import shapely

ROUNDS = 3


@dataclass
class Run:
    wall_s: float
    processor_s: float
    memory_mb: float


def run(command, answers):
    """Runs a command to its end, its answers into a file."""
    with open(answers, "wb") as out, tempfile.TemporaryFile() as said:
        started = time.monotonic()
        process = subprocess.Popen(command, stdout=out, stderr=said)
        _, status, used = os.wait4(process.pid, 0)
        took = time.monotonic() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            sys.exit(f"{said.read().decode()}\n{command[0]} failed; run it by hand: {command}")
    # Linux counts the memory in kB.
    return Run(took, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024 / 1e6)


def compare(ours, theirs):
    """The points, the matches in our answers, and how many lines are not the same, byte by byte."""
    points = matches = differ = 0
    with open(ours, "rb") as ours, open(theirs, "rb") as theirs:
        for our, their in zip_longest(ours, theirs):
            if our is None or their is None:
                sys.exit("one wrote more lines than the other; compare what both print")
            found = json.loads(our)
            points += 1
            matches += len(found["areas"])
            differ += our != their
    return points, matches, differ


def number_of_areas(areas):
    """Between the first line and the last, each is a Feature."""
    with open(areas) as lines:
        return sum(1 for _ in lines) - 2


def middle(runs, figure):
    return round(statistics.median(getattr(run, figure) for run in runs), 2)


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: race.py WARDWATCH DIR, the program and what its `bench export` wrote")
    wardwatch, folder = sys.argv[1], Path(sys.argv[2])
    areas, points = str(folder / "areas.geojson"), str(folder / "points.csv")
    join = str(Path(__file__).with_name("join.py"))
    ways = {"match": [wardwatch, "match", "--areas"]}
    for name, way in (("shapely", "predicate"), ("boxes", "boxes")):
        ways[name] = [sys.executable, join, way]
    runs = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, command in ways.items():
            runs[name].append(run([*command, areas, points], folder / f"{name}.ndjson"))
    figures = {
        "areas": number_of_areas(areas),
        "cores": os.cpu_count(),
        "version": f"{shapely.__version__}, GEOS {shapely.geos_version_string}",
    }
    for name in ("shapely", "boxes"):
        count, matches, differ = compare(folder / "match.ndjson", folder / f"{name}.ndjson")
        figures |= {"points": count, "matches_per_point": round(matches / count, 1)}
        figures["disagreements"] = figures.get("disagreements", 0) + differ
        rounds = zip(runs["match"], runs[name])
        figures[f"{name}_ratio"] = round(statistics.median(b.wall_s / a.wall_s for a, b in rounds), 2)
    for name in ways:
        wall_s = middle(runs[name], "wall_s")
        figures[f"{name}_points_per_s"] = round(figures["points"] / wall_s, 1)
        figures[f"{name}_s"] = wall_s
        figures[f"{name}_processor_s"] = middle(runs[name], "processor_s")
        figures[f"{name}_memory_mb"] = middle(runs[name], "memory_mb")
    # One line, as `wardwatch bench` prints it.
    print(json.dumps(figures, separators=(",", ":")))
    if figures["disagreements"]:
        sys.exit(f"the programs disagree on {figures['disagreements']} points; compare what they wrote")


main()
