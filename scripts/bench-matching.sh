#!/usr/bin/env bash
# The matching part of `make bench`: this index, plain rstar + geo, and what others have made, on
# the same seeded areas and points. Prints a table and draws var/bench/matching.svg.
#
#   BENCH_SIZES="10000 100000 1000000"     how many areas the index and rstar + geo are asked of
#   BENCH_PEER_SIZES="10000 100000"        with how many of them the peers are, too
#   BENCH_POINTS=20000                     how many different points there are
#   BENCH_CELLS="4 8 12 16"                into how many cells areas are cut, for the trade of memory
#   BENCH_CELLS_SIZE=1000000               against speed, among how many areas
#   BENCH_JOIN_AREAS, BENCH_JOIN_POINTS    what `wardwatch match` reads: scripts/bench-join.sh
#
# A look in some minutes:
# BENCH_SIZES=1000 BENCH_PEER_SIZES=1000 BENCH_POINTS=1000 BENCH_CELLS= BENCH_JOIN_AREAS= scripts/bench-matching.sh
#
# A peer that is not here is passed over, with what it needs; scripts/need-peers.sh gets it.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/say.sh
. benches/peers/matching/present.sh

here=benches/peers/matching
kept=var/bench
sizes=${BENCH_SIZES:-10000 100000 1000000}
peer_sizes=${BENCH_PEER_SIZES-10000 100000}
points=${BENCH_POINTS:-20000}
cells=${BENCH_CELLS-4 8 12 16}
cells_size=${BENCH_CELLS_SIZE:-1000000}

present=() absent=()
for peer in $matching_peers; do
    if [ -z "$(peer_lacks "$peer")" ]; then
        present+=("$peer")
    else
        absent+=("$(peer_absent "$peer")")
        say "${absent[-1]}"
    fi
done

say "building"
cargo build --release
wardwatch=${CARGO_TARGET_DIR:-target}/release/wardwatch
mkdir -p "$kept"
rm -f "$kept"/match-*.json "$kept"/peer-*.json "$kept"/cells-*.json

# keep NAME COMMAND…: runs a measurement and keeps the object that it prints.
keep() {
    say "$1"
    "${@:2}" >"$kept/$1.json.part" || die "$1 failed"
    mv "$kept/$1.json.part" "$kept/$1.json"
    cat "$kept/$1.json"
}

# Next to each other, so that what else the machine does meets both.
measure_size() {
    local areas=$1 peer city
    keep "match-$areas" "$wardwatch" bench match --areas "$areas" --points "$points" --json
    [[ " $peer_sizes " == *" $areas "* && "${#present[@]}" != 0 ]] || return 0
    city="$kept/city-$areas"
    "$wardwatch" bench export "$city" --areas "$areas" --points "$points"
    for peer in "${present[@]}"; do
        keep "peer-$peer-$areas" "$here/run.sh" "$peer" "$city"
    done
    rm -rf "$city"
}

read -ra all_sizes <<<"$sizes $peer_sizes"
for areas in $(printf '%s\n' "${all_sizes[@]}" | sort -nu); do
    measure_size "$areas"
done

for cut in $cells; do
    keep "cells-$cut" "$wardwatch" bench match --areas "$cells_size" --points "$points" \
        --cells "$cut" --json
done
scripts/bench-join.sh

say "matching, on $(nproc) processors, load $(cut -d' ' -f1 /proc/loadavg 2>/dev/null || echo unknown)"
if ! command -v python3 >/dev/null; then
    die "the table and the plot need python3; the figures are in $kept"
fi
python3 "$here/table.py" "$kept"
python3 "$here/plot.py" "$kept" >"$kept/matching.svg"
printf '\nThe scaling is drawn in %s\n' "$kept/matching.svg"
[ "${#absent[@]}" = 0 ] || printf '%s\n' "${absent[@]}"
