"""Tile38: areas as objects that are asked what intersects a point; and areas as fences, told of a
point by SET.

    tile38.py DIR        DIR as `wardwatch bench export` writes it; prints one JSON object

Starts the `tile38-server` on the PATH, on the loopback, in a folder of its own."""

import shutil
import socket
import subprocess
import tempfile
import time

import workload

# So many requests are on their way at once: enough to hide the socket.
PIPELINED = 100


class Server:
    """The server, and a connection to it that speaks RESP."""

    def __init__(self, folder):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        words = ["-h", "127.0.0.1", "-p", str(port), "-d", folder, "--appendonly", "no"]
        quiet = subprocess.DEVNULL
        self.process = subprocess.Popen(["tile38-server", *words], stdout=quiet, stderr=quiet)
        for _ in range(100):
            try:
                self.socket = socket.create_connection(("127.0.0.1", port))
                break
            except OSError:
                time.sleep(0.1)
        else:
            workload.stop("tile38-server did not start; try it by hand")
        self.answers = self.socket.makefile("rb")

    def ask(self, commands):
        """The answers to all commands, some of them on their way at once."""
        for start in range(0, len(commands), PIPELINED):
            some = commands[start : start + PIPELINED]
            self.socket.sendall(b"".join(map(encoded, some)))
            for _ in some:
                yield self.answer()

    def answer(self):
        line = self.answers.readline().rstrip(b"\r\n")
        kind, rest = line[:1], line[1:]
        if kind == b"-" or not line:
            workload.stop(f"tile38-server answered: {rest.decode()}")
        if kind == b"*":
            return [self.answer() for _ in range(int(rest))]
        if kind == b"$":
            return self.answers.read(int(rest) + 2)[:-2] if int(rest) >= 0 else None
        return int(rest) if kind == b":" else rest

    def processor_s(self):
        """Of all its threads, in hundredths of a second: Linux's `stat`."""
        with open(f"/proc/{self.process.pid}/stat") as stat:
            fields = stat.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / 100


def encoded(words):
    parts = [str(word).encode() for word in words]
    return b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(p), p) for p in parts)


def said(server, commands):
    for _ in server.ask(commands):
        pass


def main():
    if not shutil.which("tile38-server"):
        workload.stop("there is no tile38-server on the PATH; get it from https://tile38.com")
    city = workload.from_command_line()
    with tempfile.TemporaryDirectory() as folder:
        server = Server(folder)
        try:
            measure(city, server)
        finally:
            server.process.terminate()
            server.process.wait()


def asked(city, count):
    point = '{{"type":"Point","coordinates":[{!r},{!r}]}}'
    objects = (point.format(city.lons[at], city.lats[at]) for at in range(count))
    return [
        ["INTERSECTS", "areas", "LIMIT", 1 << 30, "IDS", "OBJECT", object] for object in objects
    ]


def told(city, count):
    return [["SET", "issues", at, "POINT", city.lats[at], city.lons[at]] for at in range(count)]


def fenced(server, city, areas):
    """How many points a second SET takes while every area is a fence."""
    fence = ["INTERSECTS", "issues", "FENCE", "DETECT", "enter", "OBJECT"]
    said(server, [["SETCHAN", f"a{at}", *fence, area] for at, area in enumerate(areas)])

    def ask(count):
        # What is inside already does not enter again.
        said(server, [["DROP", "issues"], *told(city, count)])

    count = workload.enough(len(city), ask, server.processor_s)
    return workload.points_per_s(count, ask, server.processor_s)


def measure(city, server):
    areas = list(city.areas_geojson())
    before_mb = workload.resident_mb(server.process.pid)
    started = time.monotonic()
    said(server, [["SET", "areas", at, "OBJECT", area] for at, area in enumerate(areas)])
    build_s = time.monotonic() - started
    memory_mb = workload.resident_mb(server.process.pid) - before_mb

    def ask(count):
        said(server, asked(city, count))

    count = workload.enough(len(city), ask, server.processor_s)
    # The answer is a cursor and the ids.
    found = [sorted(int(id) for id in ids) for _, ids in server.ask(asked(city, count))]
    speed = workload.points_per_s(count, ask, server.processor_s)
    said(server, [["DROP", "areas"]])
    fences = fenced(server, city, areas)
    version = subprocess.run(["tile38-server", "--version"], capture_output=True, text=True)
    workload.report(
        "tile38",
        version.stdout.strip() or "unknown",
        len(areas),
        found,
        speed,
        build_s=round(build_s, 3),
        memory_mb=round(memory_mb, 1),
        disagreements=city.disagreements(found),
        note=f"INTERSECTS of a point for its ids, {PIPELINED} requests on their way at once;"
        " processor time of the whole server, its protocol included; a SET while every area is a"
        f" fence: {fences:.0f} points/s",
    )


main()
