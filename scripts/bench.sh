#!/usr/bin/env bash
# What `make bench` does: the parts and the whole on this machine, each beside what others have made
# for the same, and one table of ratios at the end. A comparison whose other side is not here is
# passed over, with the name of its Debian package. All figures are kept in var/bench. Matching has
# a table and a plot of its own, and scripts/bench-matching.sh, which can be told how much to do.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/say.sh
# Postfix's programs live where an ordinary user's PATH does not look.
export PATH="$PATH:/usr/sbin"

kept=var/bench
mkdir -p "$kept"
rm -f "$kept"/*.json
passed_over=()

have() { command -v "$1" >/dev/null 2>&1; }

pass_over() {
    passed_over+=("$1 was passed over; get what it needs with: sudo apt-get install -y $2")
    say "${passed_over[-1]}"
}

# measure NAME COMMAND…: runs a benchmark and keeps the object that it prints.
measure() {
    say "$1"
    "${@:2}" --json >"$kept/$1.json" || die "$1 failed"
    cat "$kept/$1.json"
}

figure() { sed -nE "s/.*\"$2\":(-?[0-9][0-9.e+-]*).*/\1/p" "$kept/$1.json"; }

# row NAME WHAT OURS THEIRS RATIO PEER: a line of the table, when NAME was measured. A ratio that
# was measured in turn is taken as it is; for - it is the one figure by the other.
row() {
    [ -s "$kept/$1.json" ] || return 0
    local ours theirs ratio
    ours=$(figure "$1" "$3") theirs=$(figure "$1" "$4") ratio=$(figure "$1" "$5")
    [ "$5" != - ] || ratio=$(awk "BEGIN { print $ours / $theirs }")
    printf '%-36s %10.0f %10.0f %7.2f   %s\n' "$2" "$ours" "$theirs" "$ratio" "$6"
}

say "building"
cargo build --release
target=${CARGO_TARGET_DIR:-target}
wardwatch=$target/release/wardwatch
peer=
if have pkg-config && pkg-config --exists openssl && have cc; then
    # What both need is compiled once.
    cargo build --release --manifest-path benches/peers/push/Cargo.toml --target-dir "$target"
    peer=$target/release/wardwatch-peers-push
fi

scripts/bench-matching.sh || die "matching failed"
measure city "$wardwatch" bench city
if have smtp-source && have smtp-sink; then
    measure mail "$wardwatch" bench mail
else
    pass_over mail postfix
fi
if [ -n "$peer" ]; then
    measure push "$peer"
else
    pass_over push "build-essential pkg-config libssl-dev"
fi

say "a second, on $(nproc) processors, load $(cut -d' ' -f1 /proc/loadavg 2>/dev/null || echo unknown)"
printf '%-36s %10s %10s %7s\n' "" this other ratio
for areas in $(printf '%s\n' "$kept"/match-*.json | sed -E 's/.*match-([0-9]+).json/\1/' | sort -n); do
    row "match-$areas" "points among $areas areas, one core" \
        index_points_per_s rstar_points_per_s ratio "plain rstar + geo"
done
row join "points matched, file to file" match_points_per_s shapely_points_per_s shapely_ratio shapely
row city "outbox rows, matching included" outbox_rows_per_s bare_insert_rows_per_s - "bare insert"
source=smtp_source_mails_per_s
row mail "finished mails sent" channel_mails_per_s $source channel_ratio smtp-source
row mail "… commands sent together" pipelined_mails_per_s $source pipelined_ratio smtp-source
row mail "mails written and sent" written_mails_per_s $source written_ratio smtp-source
row mail "mails, outbox to outcome" outbox_mails_per_s $source outbox_ratio smtp-source
push() { row push "$2" "$1_messages_per_s" "web_push_$1_messages_per_s" "$1_ratio" web-push; }
push sealed "pushes sealed, one core"
push signed_once "pushes, a token for each service"
push signed_each "pushes, a token for each message"
push end_to_end "pushes sent over TLS, both processors"
row push "pushes sealed, by keys agreed upon" sealed_messages_per_s key_agreements_per_s \
    sealed_of_key_agreements "P-256 alone"
[ "${#passed_over[@]}" = 0 ] || printf '%s\n' "" "${passed_over[@]}" >&2
