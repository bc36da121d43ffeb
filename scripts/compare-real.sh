#!/usr/bin/env bash
# Compares what `wardwatch match` says of real boundaries and real points with GEOS and with exact
# arithmetic; prints Markdown: a table by file, and a list of all differences with who is right.
# Fails when this program is wrong anywhere. Needs the built program and shapely 2.
#
#   scripts/compare-real.sh DATA        with the folders DATA/boundaries and DATA/labelled
set -euo pipefail
[ "$#" = 1 ] || {
    echo "usage: scripts/compare-real.sh DATA, a folder that has boundaries/ and labelled/" >&2
    exit 2
}
data=$(realpath "$1")
cd "$(dirname "$0")/.."
. scripts/say.sh
. benches/peers/matching/present.sh

wardwatch=${CARGO_TARGET_DIR:-target}/release/wardwatch
[ -x "$wardwatch" ] || die "$wardwatch is not there; build it: cargo build --release"
has_shapely || die "this needs shapely 2; get it with: scripts/need-peers.sh"
exec "$(peer_python)" benches/peers/matching/real.py "$wardwatch" "$data"
