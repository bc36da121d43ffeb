#!/usr/bin/env bash
# The part of `make bench` that is about files: `wardwatch match` and shapely 2, in turn, each from
# start to end on all cores, from the same files of areas and points to a file of answers. Needs the
# built program, and 3 GB of disk for a while; keeps what it measured in var/bench/join.json.
#
#   BENCH_JOIN_AREAS=100000      how many areas; none to pass this over
#   BENCH_JOIN_POINTS=1000000    how many points
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/say.sh
. benches/peers/matching/present.sh

kept=var/bench
areas=${BENCH_JOIN_AREAS-100000}
points=${BENCH_JOIN_POINTS-1000000}
wardwatch=${CARGO_TARGET_DIR:-target}/release/wardwatch
rm -f "$kept/join.json"
[ -n "$areas" ] && [ -n "$points" ] || exit 0
if ! has_shapely; then
    say "matching files: $(peer_absent shapely)"
    exit 0
fi
[ -x "$wardwatch" ] || die "$wardwatch is not there; build it: cargo build --release"

say "matching files: $areas areas, $points points"
city=$kept/join
mkdir -p "$kept"
trap 'rm -rf "$city" "$kept/join.json.part"' EXIT
"$wardwatch" bench export "$city" --areas "$areas" --points "$points"
# Only these are read; the answers are as long as what is written below.
rm -f "$city/answers.txt" "$city/areas.tsv"
"$(peer_python)" benches/peers/matching/race.py "$wardwatch" "$city" >"$kept/join.json.part" ||
    die "matching files failed"
mv "$kept/join.json.part" "$kept/join.json"
cat "$kept/join.json"
