"""What `wardwatch match` does, by shapely 2: tells for each point of a file which areas hold it.

    join.py WAY AREAS POINTS    GeoJSON whose Features have ids, and CSV of id, lon and lat with a
                                header, as `wardwatch bench export` writes them; prints what
                                `wardwatch match --areas AREAS POINTS` prints, to the last byte

WAY is how the question is asked:

    predicate   as shapely's manual has it: a tree of points, `query(areas, predicate="intersects")`
    boxes       the quickest that was found: the same tree is asked for the areas' boxes, and
                `intersects_xy` of the prepared areas about these; a forked process for each core

Both ask about some points at a time. A tree of the areas instead takes longer: points come to many
areas in turn."""

import gc
import json
import multiprocessing
import os
import sys
from itertools import chain

import numpy
import shapely

# So many points at a time: numpy sorts numbers of 16 bits by counting, and twice as many make
# arrays for which the kernel is asked for memory anew each time.
PORTION = 1 << 15


class Areas:
    """Prepared polygons and how the answers name them, both in the order of their names."""

    def __init__(self, path):
        with open(path, "rb") as file:
            features = json.load(file)["features"]
        features.sort(key=lambda feature: str(feature["id"]))
        self.shapes = polygons([feature["geometry"]["coordinates"] for feature in features])
        shapely.prepare(self.shapes)
        names = [json.dumps(str(feature["id"])) + "," for feature in features]
        self.names = numpy.array([name.encode() for name in names])
        self.lengths = numpy.array([len(name) for name in self.names])


def polygons(rings_of_each):
    """Polygons of their rings, made together: three times as quick as one by one."""
    rings = list(chain.from_iterable(rings_of_each))
    corners = numpy.array(list(chain.from_iterable(rings)))
    ring_of = numpy.repeat(numpy.arange(len(rings)), list(map(len, rings)))
    polygon_of = numpy.repeat(numpy.arange(len(rings_of_each)), list(map(len, rings_of_each)))
    return shapely.polygons(shapely.linearrings(corners, indices=ring_of), indices=polygon_of)


class Points:
    """Where the points are, and how the line of each begins."""

    def __init__(self, path):
        with open(path) as file:
            next(file)
            self.rows = file.read().splitlines()
        columns = numpy.loadtxt(self.rows, delimiter=",", usecols=(1, 2), ndmin=2)
        self.lons, self.lats = columns[:, 0], columns[:, 1]

    def portions(self):
        return [slice(at, at + PORTION) for at in range(0, len(self.rows), PORTION)]


def by_predicate(areas, lons, lats):
    tree = shapely.STRtree(shapely.points(lons, lats))
    return tree.query(areas.shapes, predicate="intersects")


def by_boxes(areas, lons, lats):
    tree = shapely.STRtree(shapely.points(lons, lats))
    of_areas, of_points = tree.query(areas.shapes)
    held = shapely.intersects_xy(areas.shapes[of_areas], lons[of_points], lats[of_points])
    return of_areas[held], of_points[held]


def pairs(areas, lons, lats):
    """Numbers of areas and of points that they hold, by point and then by area."""
    of_areas, of_points = WAYS[WAY](areas, lons, lats)
    of_points = of_points.astype(numpy.uint16)
    # The areas come in their order, which a stable sort keeps for each point.
    order = numpy.argsort(of_points, kind="stable")
    return of_areas[order], of_points[order]


def lines(areas, points, portion):
    """The answers to some points, as they are written."""
    rows = points.rows[portion]
    of_areas, of_points = pairs(areas, points.lons[portion], points.lats[portion])
    # numpy pads texts with zeros to one length; without them the names stand side by side.
    names = areas.names[of_areas].tobytes().translate(None, b"\0").decode()
    ends = numpy.concatenate(([0], numpy.cumsum(areas.lengths[of_areas])))
    counts = numpy.bincount(of_points, minlength=len(rows))
    bounds = ends[numpy.concatenate(([0], numpy.cumsum(counts)))].tolist()
    return "".join(
        line(row, names[start:end]) for row, start, end in zip(rows, bounds, bounds[1:])
    ).encode()


def line(row, names):
    id, lon, lat = row.split(",")
    return f'{{"id":"{id}","lon":{lon},"lat":{lat},"areas":[{names[:-1]}],"boundaries":{{}}}}\n'


def answered(portion):
    return lines(AREAS, POINTS, portion)


def write(texts):
    for text in texts:
        sys.stdout.buffer.write(text)


WAYS = {"predicate": by_predicate, "boxes": by_boxes}
if len(sys.argv) != 4 or sys.argv[1] not in WAYS:
    sys.exit("usage: join.py predicate|boxes AREAS POINTS, as `wardwatch bench export` writes them")
# There are no cycles here, and looking for them makes reading longer.
gc.disable()
# Read once: a process that is forked has them, too.
WAY, AREAS, POINTS = sys.argv[1], Areas(sys.argv[2]), Points(sys.argv[3])
if WAY == "predicate":
    write(map(answered, POINTS.portions()))
else:
    with multiprocessing.get_context("fork").Pool(os.cpu_count()) as pool:
        write(pool.imap(answered, POINTS.portions()))
        pool.close()
        # So that their time counts as this one's.
        pool.join()
