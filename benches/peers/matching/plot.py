"""Draws the figures of scripts/bench-matching.sh: points a second over the number of areas, both
axes logarithmic, as SVG.

    plot.py FOLDER > matching.svg        FOLDER is where they are kept"""

import math
import sys
from xml.sax.saxutils import escape

import figures

WIDE, HIGH = 940, 540
LEFT, RIGHT, TOP, BOTTOM = 90, 640, 70, 470
# So far apart are the names at the right, at least.
LINE_HIGH = 19
# Colours that stay apart for most who see few (Okabe and Ito), ours the darkest.
COLOURS = {
    figures.OURS: "#000000",
    figures.TOGETHER: "#000000",
    "rstar + geo": "#d55e00",
    "S2, lax polygons": "#0072b2",
    "S2, S2Polygon": "#56b4e9",
    "GEOS": "#009e73",
    "shapely": "#cc79a7",
    "PostGIS": "#7a6f00",
    "Tile38": "#999999",
}


class Axis:
    """Puts a quantity between two ends of a line, by its logarithm."""

    def __init__(self, least, most, start, end):
        # Whole decades, so that lines of the grid are at the ends.
        self.low, self.high = math.floor(math.log10(least)), math.ceil(math.log10(most))
        self.high = max(self.high, self.low + 1)
        self.start, self.end = start, end

    def at(self, quantity):
        share = (math.log10(quantity) - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)

    def decades(self):
        return [10.0**power for power in range(self.low, self.high + 1)]


def short(quantity):
    """1,000 as 1k, 1,000,000 as 1M."""
    for size, unit in ((1e6, "M"), (1e3, "k")):
        if quantity >= size:
            return f"{quantity / size:.3g}{unit}"
    return f"{quantity:.3g}"


def text(x, y, words, anchor="start", **more):
    rest = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in more.items())
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{rest}>{escape(words)}</text>'


def stroke(x1, y1, x2, y2, colour, wide=1, dashes="none"):
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"'
        f' stroke-width="{wide}" stroke-dasharray="{dashes}"/>'
    )


def dot(x, y, colour, radius):
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="{colour}"/>'


def grid(across, up):
    for areas in across.decades():
        x = across.at(areas)
        yield stroke(x, TOP, x, BOTTOM, "#dddddd")
        yield text(x, BOTTOM + 22, short(areas), "middle")
    for speed in up.decades():
        y = up.at(speed)
        yield stroke(LEFT, y, RIGHT, y, "#dddddd")
        yield text(LEFT - 10, y + 5, short(speed), "end")
    yield text((LEFT + RIGHT) / 2, BOTTOM + 50, "areas", "middle")
    yield text(LEFT - 10, TOP - 14, "points a second", "middle")


def line_of(rows, across, up, colour):
    """One engine's line, with a dot for each figure."""
    places = [(across.at(row.areas), up.at(row.points_per_s)) for row in rows]
    corners = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    wide = 3.5 if rows[0].engine == figures.OURS else 2
    yield f'<polyline points="{corners}" fill="none" stroke="{colour}" stroke-width="{wide}"/>'
    for x, y in places:
        yield dot(x, y, colour, wide + 1.5)


def spread(heights):
    """Moves heights, ascending, as little down as keeps them apart, and all up where that ends
    below the plot."""
    placed = []
    for height in heights:
        placed.append(max(height, placed[-1] + LINE_HIGH) if placed else height)
    over = max(0, placed[-1] - BOTTOM)
    return [height - over for height in placed]


def names(engines, across, up):
    """Each engine's name at the right, in the order of their last figures, led to by a thin
    line."""
    ends = sorted((up.at(rows[-1].points_per_s), engine) for engine, rows in engines.items())
    heights = spread([height for height, _ in ends])
    for (end, engine), height in zip(ends, heights):
        last = engines[engine][-1]
        colour = COLOURS.get(engine, "#555555")
        yield stroke(across.at(last.areas), end, RIGHT + 18, height, colour, 0.8, "2 3")
        yield dot(RIGHT + 18, height, colour, 5)
        words = f"{engine}, {short(last.points_per_s)} at {short(last.areas)}"
        yield text(RIGHT + 30, height + 5, words)


def drawing(rows):
    engines = {}
    for row in rows:
        engines.setdefault(row.engine, []).append(row)
    sizes = [row.areas for row in rows]
    speeds = [row.points_per_s for row in rows]
    # The 50 wards are no reason for another decade.
    across = Axis(min(sizes), max(sizes) * 0.99, LEFT, RIGHT)
    up = Axis(min(speeds), max(speeds), BOTTOM, TOP)
    yield f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {HIGH}" width="{WIDE}"'
    yield f' height="{HIGH}" font-family="system-ui, sans-serif" font-size="14" fill="#222222">'
    yield f'<rect width="{WIDE}" height="{HIGH}" fill="#ffffff"/>'
    title = "Which areas hold a point: answers of one core"
    yield text(LEFT - 60, 30, title, font_size=18, font_weight="bold")
    yield from grid(across, up)
    for engine, of_engine in engines.items():
        yield from line_of(of_engine, across, up, COLOURS.get(engine, "#555555"))
    yield from names(engines, across, up)
    yield "</svg>"


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: plot.py FOLDER, where scripts/bench-matching.sh keeps its figures")
    rows = figures.read(sys.argv[1])
    if not rows:
        sys.exit(f"there are no figures in {sys.argv[1]}; run scripts/bench-matching.sh")
    print("\n".join(drawing(rows)))


main()
