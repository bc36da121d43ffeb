"""PostGIS: a table of areas with a GiST index, joined with a batch of points by ST_Intersects.

    postgis.py DIR        DIR as `wardwatch bench export` writes it; prints one JSON object

Needs TEST_POSTGRES_URL, a server of its own on this machine: scripts/with-postgres.sh starts one."""

import os
import subprocess
import time

import workload

JOIN = "from points p join areas a on ST_Intersects(a.shape, p.shape) where p.id < "


class Session:
    """One connection, kept open by psql, so that its backend's processor time can be read."""

    def __init__(self, url):
        words = ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", url]
        pipe = subprocess.PIPE
        self.psql = subprocess.Popen(words, stdin=pipe, stdout=pipe, text=True)
        self.pid = int(self.run("select pg_backend_pid();")[0])

    def run(self, sql):
        """The lines that statements, or a command of psql, print."""
        self.psql.stdin.write(sql + "\n\\echo -- done\n")
        self.psql.stdin.flush()
        lines = []
        for line in self.psql.stdout:
            if line == "-- done\n":
                return lines
            lines.append(line.rstrip("\n"))
        return workload.stop("psql ended; what it said stands above")

    def clock(self):
        return workload.processor_s(self.pid)


def load(session, folder):
    """Fills both tables; returns the seconds that the index took."""
    session.run(
        "create extension postgis;"
        # One process, as for the others; compiling a query costs more than it gains here.
        "set max_parallel_workers_per_gather = 0; set max_parallel_maintenance_workers = 0;"
        "set jit = off; set work_mem = '256MB'; set maintenance_work_mem = '1GB';"
        "create table areas (id int, shape geometry(Polygon));"
        "create table places (id int, lon float8, lat float8);"
    )
    session.run(f"\\copy areas from '{folder}/areas.tsv'")
    session.run(f"\\copy places from '{folder}/points.csv' with (format csv, header)")
    started = time.monotonic()
    session.run("create index on areas using gist (shape); vacuum analyze areas;")
    build_s = time.monotonic() - started
    session.run(
        "create table points as"
        " select id, ST_MakePoint(lon, lat)::geometry(Point) as shape from places order by id;"
        "create index on points (id); vacuum analyze points;"
    )
    return build_s


def answers(session, count):
    """For each of the first points the sorted ids of the areas that hold it."""
    rows = session.run(
        f"select p.id, string_agg(a.id::text, ' ' order by a.id) {JOIN} {count} group by p.id;"
    )
    found = [[] for _ in range(count)]
    for row in rows:
        point, _, ids = row.partition("|")
        found[int(point)] = [int(id) for id in ids.split()]
    return found


def main():
    url = os.environ.get("TEST_POSTGRES_URL")
    if not url:
        workload.stop("start it by: scripts/with-postgres.sh python3 postgis.py DIR")
    city = workload.from_command_line()
    session = Session(url)
    build_s = load(session, city.folder)

    def ask(count):
        session.run(f"select count(*), sum(a.id::bigint) {JOIN} {count};")

    count = workload.enough(len(city), ask, session.clock)
    found = answers(session, count)
    speed = workload.points_per_s(count, ask, session.clock)
    [version] = session.run(
        "select PostGIS_Lib_Version() || ', PostgreSQL ' || current_setting('server_version');"
    )
    size, areas = session.run(
        "select pg_total_relation_size('areas'); select count(*) from areas;"
    )
    workload.report(
        "postgis",
        version,
        int(areas),
        found,
        speed,
        build_s=round(build_s, 3),
        memory_mb=round(int(size) / 1e6, 1),
        disagreements=city.disagreements(found),
        note=f"GiST, a join of {count} points at once that sums the ids and sends none;"
        " processor time of the backend; memory is the table and its index on disk, the build that"
        " of the index and its statistics",
    )


main()
