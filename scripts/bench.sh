#!/usr/bin/env bash
# What `make bench` does: the parts and the whole on this machine, each beside what others have made
# for the same, and one table of ratios at the end. A comparison whose other side is not here is
# passed over, with the name of its Debian package. All figures are kept in var/bench.
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

# row NAME WHAT OURS THEIRS PEER: a line of the table, when NAME was measured.
row() {
    [ -s "$kept/$1.json" ] || return 0
    local ours theirs
    ours=$(figure "$1" "$3") theirs=$(figure "$1" "$4")
    printf '%-40s %10.0f %10.0f %7.2f   %s\n' "$2" "$ours" "$theirs" \
        "$(awk "BEGIN { print $ours / $theirs }")" "$5"
}

say "building"
cargo build --release
wardwatch=target/release/wardwatch
peer=
if have pkg-config && pkg-config --exists openssl && have cc; then
    # What both need is compiled once.
    cargo build --release --manifest-path benches/peers/push/Cargo.toml --target-dir target
    peer=target/release/wardwatch-peers-push
fi

measure match "$wardwatch" bench match
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
printf '%-40s %10s %10s %7s\n' "" this other ratio
row match "points matched, one core" index_points_per_s rstar_points_per_s "plain rstar + geo"
row city "outbox rows, matching included" outbox_rows_per_s bare_insert_rows_per_s "bare insert"
row mail "finished mails sent" channel_mails_per_s smtp_source_mails_per_s smtp-source
row mail "mails written and sent" written_mails_per_s smtp_source_mails_per_s smtp-source
row mail "mails, outbox to outcome" outbox_mails_per_s smtp_source_mails_per_s smtp-source
row push "pushes sealed, one core" sealed_messages_per_s web_push_sealed_messages_per_s web-push
row push "pushes, a token for each service" signed_once_messages_per_s \
    web_push_signed_once_messages_per_s web-push
row push "pushes, a token for each message" signed_each_messages_per_s \
    web_push_signed_each_messages_per_s web-push
printf '%s\n' "" "${passed_over[@]}" >&2
