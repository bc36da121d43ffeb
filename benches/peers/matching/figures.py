"""The figures that scripts/bench-matching.sh keeps: one row for each engine and number of areas."""

import json
from dataclasses import dataclass
from pathlib import Path

OURS = "Wardwatch"
TOGETHER = "…, all together"
# As people write them.
NAMES = {
    "s2-lax": "S2, lax polygons",
    "s2-polygon": "S2, S2Polygon",
    "geos": "GEOS",
    "postgis": "PostGIS",
    "tile38": "Tile38",
}


@dataclass
class Row:
    engine: str
    version: str
    areas: int
    points_per_s: float
    matches_per_point: float
    build_s: float
    # None where it was not measured.
    memory_mb: float | None
    disagreements: int
    note: str


def of_index(kept):
    """The rows of `wardwatch bench match --json`."""
    for file in kept.glob("match-*.json"):
        told = json.loads(file.read_text())
        for engine, key, build in (
            (OURS, "index", "build_s"),
            (TOGETHER, "together", "build_s"),
            ("rstar + geo", "rstar", "rstar_build_s"),
        ):
            per_area = None if key == "rstar" else told["bytes_per_area"]
            yield Row(
                engine,
                "",
                told["areas"],
                told[f"{key}_points_per_s"],
                told["matches_per_point"],
                told[build],
                per_area and per_area * told["areas"] / 1e6,
                told["disagreements"],
                "",
            )


def of_cells(folder):
    """What `wardwatch bench match --cells N --json` told, by N."""
    told = [json.loads(file.read_text()) for file in Path(folder).glob("cells-*.json")]
    return sorted(told, key=lambda told: told["cells"])


def of_join(folder):
    """What scripts/bench-join.sh measured; None where it did not."""
    file = Path(folder) / "join.json"
    return json.loads(file.read_text()) if file.exists() else None


def of_peers(kept):
    for file in kept.glob("peer-*.json"):
        told = json.loads(file.read_text())
        yield Row(
            NAMES.get(told["peer"], told["peer"]),
            told["version"],
            told["areas"],
            told["points_per_s"],
            told["matches_per_s"] / told["points_per_s"],
            told["build_s"],
            told["memory_mb"],
            told["disagreements"],
            told["note"],
        )


def read(folder):
    """All rows, by number of areas and then the fastest first."""
    kept = Path(folder)
    rows = [*of_index(kept), *of_peers(kept)]
    return sorted(rows, key=lambda row: (row.areas, -row.points_per_s))
