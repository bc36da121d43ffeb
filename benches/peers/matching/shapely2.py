"""shapely 2: an STRtree of the areas, asked about many points at once.

    shapely2.py DIR        DIR as `wardwatch bench export` writes it; prints one JSON object

The question is asked in bulk, so that none of it is a loop in Python."""

import time

import numpy
import shapely

import workload


def answers(tree, points):
    """For each point the sorted ids of the areas that hold it."""
    points_found, areas_found = tree.query(points, predicate="intersects")
    order = numpy.lexsort((areas_found, points_found))
    ends = numpy.searchsorted(points_found[order], numpy.arange(1, len(points)))
    return [part.tolist() for part in numpy.split(areas_found[order], ends)]


def main():
    city = workload.from_command_line()
    lons, lats = numpy.array(city.lons), numpy.array(city.lats)
    hexes = city.areas_wkb()
    before_mb = workload.resident_mb()
    areas = shapely.from_wkb(hexes)
    started = time.monotonic()
    tree = shapely.STRtree(areas)
    # It sorts itself when it is first asked.
    tree.query(shapely.Point(0, 0))
    build_s = time.monotonic() - started
    memory_mb = workload.resident_mb() - before_mb

    def ask(count):
        tree.query(shapely.points(lons[:count], lats[:count]), predicate="intersects")

    count = workload.enough(len(city), ask, time.thread_time)
    found = answers(tree, shapely.points(lons[:count], lats[:count]))
    speed = workload.points_per_s(count, ask)

    points_tree = shapely.STRtree(shapely.points(lons, lats))
    turned = workload.points_per_s(
        len(city), lambda _: points_tree.query(areas, predicate="intersects")
    )
    workload.report(
        "shapely",
        f"{shapely.__version__}, GEOS {shapely.geos_version_string}",
        len(areas),
        found,
        speed,
        build_s=round(build_s, 3),
        memory_mb=round(memory_mb, 1),
        disagreements=city.disagreements(found),
        note=f"STRtree.query in bulk, {count} points at once; thread processor time; the other way"
        f" round, a tree of all {len(city)} points asked about every area: {turned:.0f} points/s,"
        " for a batch, not for points as they come",
    )


main()
