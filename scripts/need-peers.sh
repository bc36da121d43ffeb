#!/usr/bin/env bash
# Gets what others have made for matching, so that `make bench` measures it beside this program:
# GEOS, S2 and PostGIS from Debian's packages, shapely 2 from them or, where they have an older
# one, from PyPI into var/peers. Tile38 is in no distribution, and left to you.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/say.sh
. scripts/packages.sh
. benches/peers/matching/present.sh

# Whether the distribution's shapely is the second; Debian 12 has 1.8.
packaged_shapely_is_new() {
    apt-cache policy python3-shapely 2>/dev/null | grep -qE 'Candidate: [2-9]'
}

packages=()
for peer in geos s2-lax postgis; do
    read -ra lacking <<<"$(peer_lacks "$peer")"
    packages+=("${lacking[@]}")
done
from_pypi=
if ! has_shapely; then
    if packaged_shapely_is_new; then
        packages+=(python3-shapely)
    else
        from_pypi=yes
        python3 -c 'import ensurepip, venv' 2>/dev/null || packages+=(python3-venv)
    fi
fi
[ "${#packages[@]}" = 0 ] || install_packages "${packages[@]}"

if [ -n "$from_pypi" ]; then
    say "making var/peers with shapely 2"
    rm -rf var/peers
    mkdir -p var
    python3 -m venv var/peers
    var/peers/bin/pip install --quiet --disable-pip-version-check 'shapely>=2,<3' ||
        die "pip could not install shapely; is a package index reachable?"
fi

for peer in $matching_peers; do
    if [ -z "$(peer_lacks "$peer")" ]; then echo "$peer: here"; else peer_absent "$peer"; fi
done
