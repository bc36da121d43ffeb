"""Prints the figures of scripts/bench-matching.sh as a table for each number of areas.

    table.py FOLDER        the folder in which they are kept"""

import sys
from itertools import groupby

import figures

COLUMNS = (
    "points/s: points that one core answers in a second; ours by it: our points/s by those;\n"
    "matches: areas that hold a point, on average; differ: pairs of a point and an area on which\n"
    "its answer is not ours"
)
HEAD = f"{'':<17} {'points/s':>11} {'ours by it':>10} {'matches':>8} {'MB':>6} {'build s':>8} {'differ':>7}"


def line(row, ours):
    memory = "-" if row.memory_mb is None else f"{row.memory_mb:.0f}"
    return (
        f"{row.engine:<17} {row.points_per_s:>11,.0f} {ours / row.points_per_s:>10.1f}"
        f" {row.matches_per_point:>8.1f} {memory:>6} {row.build_s:>8.2f} {row.disagreements:>7}"
    )


def of_join(told):
    """The lines about files, where they were measured."""
    if not told:
        return
    yield (
        f"\n{told['points']:,} points among {told['areas']:,} areas, from files to a file, from start"
        f" to end on {told['cores']} cores\n{told['matches_per_point']:.1f} matches a point,"
        f" {told['disagreements']} lines differ, shapely {told['version']}"
    )
    yield f"{'':<17} {'points/s':>11} {'ours by it':>10} {'wall s':>8} {'CPU s':>8} {'MB':>6}"
    ways = ((figures.OURS, "match"), ("shapely", "shapely"), ("…, by every trick", "boxes"))
    for name, key in ways:
        ratio = told.get(f"{key}_ratio", 1.0)
        yield (
            f"{name:<17} {told[f'{key}_points_per_s']:>11,.0f} {ratio:>10}"
            f" {told[f'{key}_s']:>8.2f} {told[f'{key}_processor_s']:>8.2f}"
            f" {told[f'{key}_memory_mb']:>6.0f}"
        )


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: table.py FOLDER, where scripts/bench-matching.sh keeps its figures")
    rows = figures.read(sys.argv[1])
    if not rows:
        sys.exit(f"there are no figures in {sys.argv[1]}; run scripts/bench-matching.sh")
    for areas, of_size in groupby(rows, key=lambda row: row.areas):
        of_size = list(of_size)
        ours = next(row.points_per_s for row in of_size if row.engine == figures.OURS)
        print(f"\n{f'{areas:,} areas':<17}{HEAD[17:]}")
        for row in of_size:
            print(line(row, ours))
    cells = figures.of_cells(sys.argv[1])
    if cells:
        print(f"\n{cells[0]['areas']:,} areas, cut into so many cells across each")
        print(f"{'cells':<17} {'points/s':>11} {'together':>10} {'bytes an area':>14} {'build s':>8}")
    for told in cells:
        print(
            f"{told['cells']:<17} {told['index_points_per_s']:>11,.0f}"
            f" {told['together_points_per_s']:>10,.0f} {told['bytes_per_area'] or 0:>14,.0f}"
            f" {told['build_s']:>8.2f}"
        )
    for words in of_join(figures.of_join(sys.argv[1])):
        print(words)
    # What is not like for like, as it was of the largest measured.
    notes = {row.engine: f"{row.engine} {row.version}: {row.note}" for row in rows if row.note}
    print("", COLUMNS, "", *notes.values(), sep="\n")


main()
