#!/usr/bin/env bash
# What `make test` does, and the continuous integration with it. Quick checks come first.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/say.sh

scripts/need.sh
# smtp-sink lives where an ordinary user's PATH does not look.
export PATH="$PATH:/usr/sbin"
export CARGO_TERM_COLOR="${CARGO_TERM_COLOR:-auto}"
# A snapshot that differs is a failure here, never a new file.
export INSTA_UPDATE=no

say "format"
cargo fmt --check || die "the format differs; run: cargo fmt"
peer=benches/peers/push/Cargo.toml
cargo fmt --check --manifest-path "$peer" ||
    die "the format differs; run: cargo fmt --manifest-path $peer"

say "lints"
cargo clippy --all-targets --features failpoints -- -D warnings

say "documentation"
RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --quiet

say "licences, bans and sources of the dependencies"
cargo deny --log-level warn check --hide-inclusion-graph bans licenses sources

say "advisories about the dependencies"
unchecked=
if timeout 120 cargo deny --log-level error fetch db >var/advisories.log 2>&1; then
    cargo deny --log-level warn check --hide-inclusion-graph --disable-fetch advisories
else
    unchecked="advisories were NOT checked: $(grep -m1 -oE '(failed|unable|error).*' \
        var/advisories.log || echo 'their database cannot be reached')"
    echo "$unchecked" >&2
fi

say "the site's scripts: types, and what they do in a browser"
CHROMIUM=$(command -v chromium || command -v chromium-browser || command -v google-chrome)
export CHROMIUM
(cd web && npm ci --no-audit --no-fund --loglevel=error && npm run --silent check &&
    npm test --silent)

say "tests, on SQLite and on PostgreSQL"
scripts/with-postgres.sh scripts/cargo-test.sh

say "the site: what residents do with the program, in a browser"
WARDWATCH=${CARGO_TARGET_DIR:-$PWD/target}/debug/wardwatch
export WARDWATCH
(cd web && npm run --silent site)

say "all passed"
[ "$(id -u)" = 0 ] ||
    echo "reports of a real mail server were NOT tested: only root starts Postfix" >&2
[ -d ../shared/data ] || echo "tests on real files were skipped: ../shared/data is not here" >&2
[ -z "$unchecked" ] || echo "$unchecked" >&2
