#!/usr/bin/env bash
# Runs a command with TEST_POSTGRES_URL set to a PostgreSQL of its own, which is gone afterwards.
#
#   with-postgres.sh cargo test
#   POSTGRES_FSYNC=on with-postgres.sh …     where a test pulls the plug
#   POSTGRES_SHARED_BUFFERS=1GB …            where much is to be kept in memory
#
# An address that is set already is used as it is. The server listens on a free port of the
# loopback, with a password that nobody else knows, and never runs as root.
set -euo pipefail
. "$(dirname "$0")/say.sh"
. "$(dirname "$0")/postgres-home.sh"

[ "$#" -gt 0 ] || die "usage: with-postgres.sh COMMAND…"
[ -z "${TEST_POSTGRES_URL:-}" ] || exec "$@"

home=$(postgres_home)
[ -n "$home" ] || die "there is no PostgreSQL here; get it with: sudo apt-get install -y postgresql"

# PostgreSQL refuses to run as root.
unprivileged=()
owner=$(id -un)
if [ "$(id -u)" = 0 ]; then
    owner=postgres
    id postgres >/dev/null 2>&1 || owner=nobody
    unprivileged=(setpriv --reuid="$owner" --regid="$(id -g "$owner")" --clear-groups)
fi

# A folder in var/, or in the temporary directory where var/ is closed to that user.
var="$(cd "$(dirname "$0")/.." && pwd)/var"
mkdir -p "$var"
folder=$(mktemp -d "$var/postgres.XXXXXX")
own() { chown "$owner" "$folder" && "${unprivileged[@]}" test -w "$folder" 2>/dev/null; }
own || {
    rmdir "$folder"
    folder=$(mktemp -d "${TMPDIR:-/tmp}/wardwatch-postgres.XXXXXX")
    own || die "the user $owner can write neither to $var nor to ${TMPDIR:-/tmp}"
}

server=
finish() {
    # SIGINT is PostgreSQL's fast shutdown.
    if [ -n "$server" ] && kill -INT "$server" 2>/dev/null; then
        wait "$server" 2>/dev/null || true
    fi
    rm -rf "$folder"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
(umask 077 && printf '%s' "$password" >"$folder/password" && chown "$owner" "$folder/password")
(cd "$folder" && "${unprivileged[@]}" "$home/initdb" --pgdata="$folder/data" --username=wardwatch \
    --pwfile="$folder/password" --auth=scram-sha-256 --encoding=UTF8 --locale=C --no-sync \
    >"$folder/initdb.log" 2>&1) || die "initdb failed: $(tail -n 3 "$folder/initdb.log")"

# The server tells by itself when a port is taken; then the next one is tried.
start() {
    local port=$1
    (cd "$folder" && exec "${unprivileged[@]}" "$home/postgres" -D "$folder/data" -p "$port" \
        -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=300 \
        -c shared_buffers="${POSTGRES_SHARED_BUFFERS:-128MB}" \
        -c fsync="${POSTGRES_FSYNC:-off}" -c synchronous_commit="${POSTGRES_FSYNC:-off}" \
        -c full_page_writes="${POSTGRES_FSYNC:-off}") >"$folder/server.log" 2>&1 &
    server=$!
    for _ in $(seq 300); do
        kill -0 "$server" 2>/dev/null || break
        if "$home/pg_isready" --quiet --host=127.0.0.1 --port="$port" && kill -0 "$server"; then
            return 0
        fi
        sleep 0.1
    done
    kill -KILL "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
    server=
    return 1
}

for try in 1 2 3 4 5; do
    port=$((20000 + RANDOM % 12000))
    start "$port" && break
    [ "$try" -lt 5 ] || die "PostgreSQL did not start: $(tail -n 3 "$folder/server.log")"
done

export TEST_POSTGRES_URL="postgres://wardwatch:$password@127.0.0.1:$port/postgres"
"$@"
