# shellcheck shell=bash
# Sourced by the scripts that start or install the peers: who they are, and what each needs. The
# working folder is the repository's root.
. scripts/postgres-home.sh

# shellcheck disable=SC2034 # read by whoever sources this
matching_peers="s2-lax s2-polygon geos shapely postgis tile38"

# The Python that has shapely: Debian's own where that is new enough, else one in var/.
peer_python() {
    if [ -x var/peers/bin/python ]; then echo var/peers/bin/python; else echo python3; fi
}

# includes COMPILER LANGUAGE HEADER
includes() { echo "#include <$3>" | "$1" -x "$2" -E - >/dev/null 2>&1; }

has_shapely() {
    "$(peer_python)" -c 'import shapely; assert shapely.__version__ >= "2"' 2>/dev/null
}

# Whether PostGIS is there for the PostgreSQL that scripts/with-postgres.sh starts. Debian keeps an
# extension below /usr/share, whoever builds PostgreSQL beside its programs.
has_postgis() {
    local home version
    home=$(postgres_home)
    version=$(basename "$(dirname "$home")")
    [ -e "/usr/share/postgresql/$version/extension/postgis.control" ] ||
        [ -e "$home/../share/extension/postgis.control" ] ||
        [ -e "$home/../share/postgresql/extension/postgis.control" ]
}

# The Debian packages that a peer waits for, in one line; an empty one when it can be started.
peer_lacks() {
    local lacking=() version
    case $1 in
    geos)
        command -v cc >/dev/null || lacking+=(build-essential)
        includes cc c geos_c.h || lacking+=(libgeos-dev)
        ;;
    s2-*)
        command -v c++ >/dev/null || lacking+=(build-essential)
        includes c++ c++ s2/mutable_s2shape_index.h || lacking+=(libs2-dev)
        ;;
    shapely)
        has_shapely || lacking+=(python3-shapely)
        ;;
    postgis)
        version=$(basename "$(dirname "$(postgres_home)")")
        [ -n "$(postgres_home)" ] || lacking+=(postgresql) version=
        has_postgis || lacking+=("postgresql${version:+-$version}-postgis${version:+-3}")
        command -v python3 >/dev/null || lacking+=(python3)
        ;;
    tile38)
        command -v tile38-server >/dev/null || lacking+=(tile38-server)
        command -v python3 >/dev/null || lacking+=(python3)
        ;;
    esac
    echo "${lacking[*]}"
}

# A sentence for a peer that is not here.
peer_absent() {
    case $1 in
    tile38) echo "tile38 was passed over: there is no tile38-server on the PATH (https://tile38.com)" ;;
    *) echo "$1 was passed over; get $(peer_lacks "$1") with: scripts/need-peers.sh" ;;
    esac
}
