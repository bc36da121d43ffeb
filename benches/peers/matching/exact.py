"""Whether an area holds a point, in integers, which do not round.

A point on a line belongs to the area; edges are straight in longitude and latitude."""

import numpy

# Every double is a whole number of these parts of one.
PARTS = 2**1074


class Area:
    """A Polygon or MultiPolygon of GeoJSON."""

    def __init__(self, geometry):
        coordinates = geometry["coordinates"]
        polygons = [coordinates] if geometry["type"] == "Polygon" else coordinates
        self.polygons = list(map(Polygon, polygons))

    def held(self, points):
        """The numbers of the points that it holds."""
        return {nth for polygon in self.polygons for nth in polygon.held(points)}


class Polygon:
    """The edges of all its rings: where each starts and ends, and what it spans."""

    def __init__(self, rings):
        rings = [numpy.array([corner[:2] for corner in ring], dtype=float) for ring in rings]
        self.starts = numpy.concatenate([ring[:-1] for ring in rings])
        self.ends = numpy.concatenate([ring[1:] for ring in rings])
        # Columns that lie in one piece are quicker.
        self.west, self.south = numpy.minimum(self.starts, self.ends).T.copy()
        self.east, self.north = numpy.maximum(self.starts, self.ends).T.copy()

    def held(self, points):
        lons, lats = points.T
        in_box = (lons >= self.west.min()) & (lons <= self.east.max())
        in_box &= (lats >= self.south.min()) & (lats <= self.north.max())
        return [
            nth for nth in numpy.flatnonzero(in_box).tolist() if self.holds(*points[nth].tolist())
        ]

    def holds(self, lon, lat):
        """Counts the edges that a ray to the east crosses. Comparing doubles is exact, so integers
        are needed only for edges in whose box the point lies."""
        level = (self.south <= lat) & (self.north >= lat) & (self.east >= lon)
        crossed = 0
        for nth in numpy.flatnonzero(level).tolist():
            start, end = self.starts[nth].tolist(), self.ends[nth].tolist()
            # Of its ends, an edge owns the northern one only, so that no corner counts twice.
            owned = (start[1] < lat) != (end[1] < lat)
            if self.west[nth] > lon:
                crossed += owned
                continue
            side = turn(start, end, (lon, lat))
            if side == 0:
                return True
            crossed += owned and (side > 0) == (end[1] > start[1])
        return crossed % 2 == 1


def turn(start, end, at):
    """Positive where a point lies to the left of an edge, zero where it lies on its line."""
    (x1, y1), (x2, y2), (x, y) = (map(whole, place) for place in (start, end, at))
    return (x2 - x1) * (y - y1) - (x - x1) * (y2 - y1)


def whole(number):
    above, below = number.as_integer_ratio()
    return above * (PARTS // below)
