#!/usr/bin/env bash
# Asks one peer what `wardwatch bench match` asks the index, and prints one JSON object.
#
#   run.sh PEER DIR        DIR as `wardwatch bench export DIR` writes it
#
# Peers: s2-lax s2-polygon geos shapely postgis tile38. The keys of the object:
#
#   peer, version          what was asked
#   areas                  areas it holds, wards included
#   points                 different points whose answers were compared, and that were timed
#   points_per_s           points that one core answers in a second, the median of some runs
#   matches_per_s          areas found in a second
#   build_s                from areas in memory to an index that answers, by the clock on the wall
#   memory_mb              by how much the process grew over areas, index and first answers
#   disagreements          pairs of a point and an area on which its answers differ from answers.txt
#   note                   which clock, and what is not like for like
set -euo pipefail
[ "$#" = 2 ] || {
    echo "usage: run.sh PEER DIR, a folder that \`wardwatch bench export\` wrote" >&2
    exit 2
}
folder=$(realpath "$2")
cd "$(dirname "$0")/../../.."
. scripts/say.sh
. benches/peers/matching/present.sh

peer=$1
case " $matching_peers " in *" $peer "*) ;; *) die "there is no peer $peer; take one of: $matching_peers" ;; esac
[ -z "$(peer_lacks "$peer")" ] || die "$(peer_absent "$peer")"
here=benches/peers/matching
built=var/bench/peers
mkdir -p "$built"

case $peer in
geos)
    cc -std=c11 -D_GNU_SOURCE -O3 -Wall -Wextra -o "$built/geos" "$here/geos.c" -lgeos_c
    exec "$built/geos" "$folder"
    ;;
s2-*)
    # The library does not say which version it is; the package does.
    version=$(dpkg-query -W -f '${Version}' libs2-dev 2>/dev/null || echo unknown)
    c++ -std=c++17 -O3 -Wall "-DS2_VERSION=\"$version\"" -o "$built/s2" "$here/s2.cc" -ls2
    exec "$built/s2" "${peer#s2-}" "$folder"
    ;;
shapely) exec "$(peer_python)" "$here/shapely2.py" "$folder" ;;
postgis)
    # Never a server that somebody else uses: its settings would be theirs.
    unset TEST_POSTGRES_URL
    export POSTGRES_SHARED_BUFFERS=1GB
    exec scripts/with-postgres.sh python3 "$here/postgis.py" "$folder"
    ;;
tile38) exec python3 "$here/tile38.py" "$folder" ;;
esac
