"""Compares what `wardwatch match` says of real places and real boundaries with GEOS, asked through
shapely 2, and with exact arithmetic.

    real.py WARDWATCH DATA        DATA has the folders `boundaries/CITY`, of GeoJSON gzipped or
                                  not, and `labelled`, of CITY_*.csv.gz with columns lon and lat;
                                  prints Markdown, and fails where this program is wrong

Every boundary file is asked about all labelled points of its city, and about hard ones: corners and
midpoints of its own edges, as near to them as doubles are. Both indexes of the program answer, the
compiled one of areas and that of layers. GEOS is asked about the areas that the program takes, from
the same doubles. Integers tell who is right, also where all say the same."""

import csv
import gzip
import json
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import numpy
import shapely
import shapely.geometry

import exact

SEED = 4
MOST_HARD = 20_000
# Of the table: areas taken and left out, points, pairs of them, how many areas hold a point, pairs
# about which somebody is wrong, and for how many of these each is right.
COLUMNS = (
    "areas",
    "left out",
    "labelled points",
    "hard points",
    "pairs",
    "held",
    "differ",
    "this right",
    "GEOS right",
)
# Stands before the digits of a number while it passes through Python, so that it keeps them.
KEPT = "\x01"


@dataclass
class Layer:
    """A boundary file: its geometries by their place in it, from 1, and the text that the program
    gets, where these places are the only property."""

    name: str
    text: str
    geometries: dict


@dataclass
class Outcome:
    """What came of a file. A pair is a point and an area; `doubtful` are those about which somebody
    is wrong, as rows of the list."""

    name: str
    refused: str = ""
    areas: int = 0
    left_out: int = 0
    labelled: int = 0
    hard: int = 0
    held: int = 0
    invalid_to_geos: int = 0
    doubtful: list = field(default_factory=list)

    def count(self, who):
        return sum(pair[who] == pair["exact"] for pair in self.doubtful)

    def wrong(self):
        return len(self.doubtful) - self.count("ours")


def unpacked(path):
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def read_layer(path, name):
    """As it is, without geometries, where it is no FeatureCollection."""
    bytes = unpacked(path)
    try:
        features = json.loads(bytes)["features"]
    except (ValueError, TypeError, KeyError):
        return Layer(name, bytes.decode(), {})
    numbered = json.loads(bytes, parse_float=KEPT.__add__)
    for place, feature in enumerate(numbered["features"], 1):
        feature["properties"] = {"place": place}
    text = re.sub(r'"\\u0001([^"]*)"', r"\1", json.dumps(numbered))
    geometries = {place: feature["geometry"] for place, feature in enumerate(features, 1)}
    return Layer(name, text, geometries)


def labelled_points(folder, city):
    """All points of a city, a row each."""
    points = []
    for file in sorted(folder.glob(f"{city}_*.csv.gz")):
        with gzip.open(file, "rt") as rows:
            points += [(float(row["lon"]), float(row["lat"])) for row in csv.DictReader(rows)]
    return numpy.array(points).reshape(-1, 2)


def hard_points(areas):
    """Corners and midpoints of edges, each place once, some of them where there are too many."""
    polygons = [polygon for area in areas for polygon in area.polygons]
    starts = numpy.concatenate([polygon.starts for polygon in polygons])
    ends = numpy.concatenate([polygon.ends for polygon in polygons])
    places = numpy.unique(numpy.concatenate([starts, (starts + ends) / 2]), axis=0)
    return numpy.random.default_rng(SEED).permutation(places)[:MOST_HARD]


class Program:
    """`wardwatch match`."""

    def __init__(self, path, folder):
        self.path, self.folder = path, Path(folder)

    def match(self, areas, points):
        """The objects that it prints, and what it says besides."""
        file = self.folder / "points.csv"
        rows = [f"{nth},{lon!r},{lat!r}\n" for nth, (lon, lat) in enumerate(points.tolist())]
        file.write_text("id,lon,lat\n" + "".join(rows))
        named = f"{areas}#place"
        command = [self.path, "match", "--areas", named, "--boundaries", f"layer={named}"]
        command += ["--tolerance-m", "0", file]
        done = subprocess.run(command, capture_output=True, text=True)
        return [json.loads(line) for line in done.stdout.splitlines()], done.stderr

    def takes(self, layer):
        """The places of a file's areas that it takes, or the sentence that refuses the file."""
        file = self.folder / "areas.geojson"
        file.write_text(layer.text)
        answers, said = self.match(file, numpy.zeros((1, 2)))
        if not answers:
            return None, said.strip().splitlines()[-1].replace(str(file), layer.name)
        left_out = {int(place) for place in re.findall(r"feature (\d+)\b.* is left out", said)}
        # Said of both indexes together.
        told = re.search(r"(\d+) features? (?:is|are) left out, as told above", said)
        if 2 * len(left_out) != int(told[1] if told else 0):
            sys.exit(f"{layer.name}: which areas are left out cannot be told from: {said}")
        return [place for place in layer.geometries if place not in left_out], said

    def pairs(self, points):
        """The pairs that each index finds, for the areas that `takes` was asked about."""
        answers, said = self.match(self.folder / "areas.geojson", points)
        if [answer.get("lon") for answer in answers] != points[:, 0].tolist():
            sys.exit(f"wardwatch did not answer every point; it said: {said}")
        of_areas = [answer["areas"] for answer in answers]
        of_layer = [answer["boundaries"]["layer"] for answer in answers]
        return pairs_of(of_areas), pairs_of(of_layer)


def pairs_of(places_of_each):
    twice = [places for places in places_of_each if len(set(places)) < len(places)]
    if twice:
        sys.exit(f"wardwatch named an area twice: {twice[0]}")
    return {(nth, int(place)) for nth, places in enumerate(places_of_each) for place in places}


def geos_pairs(shapes, places, points):
    tree = shapely.STRtree(shapely.points(points))
    of_areas, of_points = tree.query(shapes, predicate="intersects")
    return {(nth, places[area]) for area, nth in zip(of_areas.tolist(), of_points.tolist())}


def exact_pairs(areas, points):
    return {(nth, place) for place, area in areas.items() for nth in area.held(points)}


def compare(program, layer, labelled):
    outcome = Outcome(layer.name)
    places, said = program.takes(layer)
    if places is None:
        outcome.refused = said
        return outcome
    areas = {place: exact.Area(layer.geometries[place]) for place in places}
    shapes = [shapely.geometry.shape(layer.geometries[place]) for place in places]
    hard = hard_points(areas.values())
    points = numpy.concatenate([labelled, hard])
    outcome.areas, outcome.left_out = len(places), len(layer.geometries) - len(places)
    outcome.labelled, outcome.hard = len(labelled), len(hard)
    outcome.invalid_to_geos = int((~shapely.is_valid(shapes)).sum())

    of_areas, of_layer = program.pairs(points)
    geos, sure = geos_pairs(shapes, places, points), exact_pairs(areas, points)
    outcome.held = len(sure)
    for pair in sorted((of_areas ^ sure) | (of_layer ^ sure) | (geos ^ sure)):
        nth, place = pair
        # The program's two indexes may differ, and then it is wrong whatever is right.
        ours = {pair in of_areas, pair in of_layer}
        outcome.doubtful.append({
            "place": place,
            "at": points[nth].tolist(),
            "ours": ours.pop() if len(ours) == 1 else None,
            "geos": pair in geos,
            "exact": pair in sure,
        })
    return outcome


def table(outcomes):
    yield f"| file | {' | '.join(COLUMNS)} |"
    yield "| --- " * (1 + len(COLUMNS)) + "|"
    total = [0] * len(COLUMNS)
    for outcome in outcomes:
        if outcome.refused:
            yield f"| {outcome.name} | refused{' |' * len(COLUMNS)}"
            continue
        points = outcome.labelled + outcome.hard
        figures = [outcome.areas, outcome.left_out, outcome.labelled, outcome.hard]
        figures += [points * outcome.areas, outcome.held, len(outcome.doubtful)]
        # In the order of COLUMNS.
        figures += [outcome.count("ours"), outcome.count("geos")]
        total = [sum(both) for both in zip(total, figures)]
        yield row(outcome.name, figures)
    yield row("all", total)


def row(name, figures):
    return f"| {name} | {' | '.join(f'{figure:,}' for figure in figures)} |"


def words(holds):
    return {True: "inside", False: "outside", None: "one of its indexes: inside"}[holds]


def differences(outcomes):
    yield "| file | area | point | this | GEOS | exact |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for outcome in outcomes:
        for pair in outcome.doubtful:
            said = " | ".join(words(pair[who]) for who in ("ours", "geos", "exact"))
            lon, lat = pair["at"]
            yield f"| {outcome.name} | {pair['place']} | {lon!r} {lat!r} | {said} |"


def report(outcomes):
    yield f"Asked: GEOS {shapely.geos_version_string} through shapely {shapely.__version__}."
    yield ""
    yield from table(outcomes)
    yield ""
    if any(outcome.doubtful for outcome in outcomes):
        yield from differences(outcomes)
    else:
        yield "All answers are the same, and right."
    for outcome in outcomes:
        if outcome.refused:
            yield f"\n{outcome.name} is refused: {outcome.refused}"
        if outcome.invalid_to_geos:
            yield f"\n{outcome.name}: GEOS calls {outcome.invalid_to_geos} of the areas invalid."


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: real.py WARDWATCH DATA, the program and a folder with `boundaries`")
    data = Path(sys.argv[2])
    boundaries = data / "boundaries"
    files = sorted(path for path in boundaries.rglob("*") if re.search(r"json(\.gz)?$", path.name))
    if not files:
        sys.exit(f"there are no boundaries in {boundaries}; name the folder that has them")
    outcomes = []
    with tempfile.TemporaryDirectory() as folder:
        program = Program(sys.argv[1], folder)
        for path in files:
            name = str(path.relative_to(boundaries))
            print(name, file=sys.stderr)
            labelled = labelled_points(data / "labelled", name.partition("/")[0])
            outcomes.append(compare(program, read_layer(path, name), labelled))
    print("\n".join(report(outcomes)))
    wrong = sum(outcome.wrong() for outcome in outcomes)
    if wrong:
        sys.exit(f"this program is wrong about {wrong} pairs; the list says which")


main()
