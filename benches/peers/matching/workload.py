"""What the peers written in Python share: the files of `wardwatch bench export`, the comparison of
answers, and the object that each prints.

An answer is a sorted list of area ids."""

import json
import statistics
import sys
import time
from pathlib import Path

RUNS = 3
# So long one bulk question lasts at least, where there are points enough.
LEAST_S = 2.0


def stop(sentence):
    sys.exit(sentence)


class Workload:
    """The points and their answers; areas are read by whoever wants them, in their form."""

    def __init__(self, folder):
        self.folder = Path(folder).resolve()
        try:
            rows = (self.folder / "points.csv").read_text().splitlines()[1:]
            lines = (self.folder / "answers.txt").read_text().splitlines()
        except OSError as why:
            stop(f"{why}; write the files with: wardwatch bench export {folder}")
        columns = [row.split(",") for row in rows]
        self.lons = [float(lon) for _, lon, _ in columns]
        self.lats = [float(lat) for _, _, lat in columns]
        self.answers = [[int(id) for id in line.split()] for line in lines]
        if len(self.answers) != len(self.lons):
            stop("answers.txt and points.csv differ in length; write both anew")

    def __len__(self):
        return len(self.lons)

    def areas_wkb(self):
        """The hexadecimal WKB of each area, in the order of their ids."""
        with open(self.folder / "areas.tsv") as lines:
            return [line.rstrip("\n").partition("\t")[2] for line in lines]

    def areas_geojson(self):
        """The GeoJSON geometry of each area as text, in the order of their ids."""
        with open(self.folder / "areas.geojson") as lines:
            # Between the first line and the last, each is a Feature.
            for line in list(lines)[1:-1]:
                geometry = json.loads(line.rstrip(",\n"))["geometry"]
                yield json.dumps(geometry, separators=(",", ":"))

    def disagreements(self, found):
        """How many ids are in one of two lists only, over the first points."""
        return sum(len(set(ids) ^ set(self.answers[at])) for at, ids in enumerate(found))


def from_command_line():
    if len(sys.argv) != 2:
        stop(f"usage: {sys.argv[0]} DIR, a folder that `wardwatch bench export` wrote")
    return Workload(sys.argv[1])


def enough(most, ask, clock):
    """Of how many points, at most all, a bulk question lasts; what is slow is asked of fewer."""
    count = min(most, 100)
    while count < most:
        started = clock()
        ask(count)
        took = max(clock() - started, 1e-3)
        if took >= LEAST_S:
            return count
        # A little more than is needed, and in steps, because the first is not warm.
        count = min(most, int(count * min(10, 1 + 1.1 * LEAST_S / took)))
    return most


def points_per_s(count, ask, clock=time.thread_time):
    """The median of some runs of the same bulk question, repeated until a run lasts."""
    speeds = []
    for _ in range(RUNS):
        started, asked = clock(), 0
        while clock() - started < LEAST_S:
            ask(count)
            asked += count
        speeds.append(asked / (clock() - started))
    return statistics.median(speeds)


def resident_mb(pid="self"):
    """The memory that a process holds now."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 / 1e6 for line in lines if line.startswith("VmRSS:"))


def processor_s(pid):
    """How long the first thread of a process has run, in seconds: Linux's `schedstat`."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


def report(peer, version, areas, found, speed, **figures):
    """Prints what was measured; `found` are the answers that were compared."""
    matches = sum(map(len, found))
    figures = {
        "peer": peer,
        "version": version,
        "areas": areas,
        "points": len(found),
        "points_per_s": round(speed, 1),
        "matches_per_s": round(speed * matches / len(found), 1),
        **figures,
    }
    # One line, as `wardwatch bench` prints it.
    print(json.dumps(figures, separators=(",", ":")))
