#!/usr/bin/env bash
# Gets what the tests need and this machine lacks, or says in one line how to get it.
#
#   need.sh            everything for `make test`
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/say.sh
. scripts/packages.sh
. scripts/postgres-home.sh

have() { command -v "$1" >/dev/null 2>&1 || [ -x "/usr/sbin/$1" ]; }

# The Debian packages of all that is missing.
missing_packages() {
    have cc || echo build-essential
    [ -n "$(postgres_home)" ] || echo postgresql
    have smtp-sink || echo postfix
    have spamassassin || echo spamassassin
    have opendkim || echo opendkim
    have faketime || echo faketime
    have strace || echo strace
    have chromium || have chromium-browser || have google-chrome || echo chromium
    { have python3 && python3 -c 'import ensurepip, venv' 2>/dev/null; } || echo python3-venv
}

have npm && node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)' ||
    die "the tests need Node 20.19 or newer, with npm; get it from https://nodejs.org"
have cargo || die "there is no Rust here; get it from https://rustup.rs"
for component in clippy rustfmt; do
    cargo "${component/rustfmt/fmt}" --version >/dev/null 2>&1 ||
        rustup component add "$component" ||
        die "get cargo's $component with: rustup component add $component"
done

mapfile -t packages < <(missing_packages)
[ "${#packages[@]}" = 0 ] || install_packages "${packages[@]}"

# No registry that is at hand carries a present build of it: compiled once, about two minutes.
cargo deny --version >/dev/null 2>&1 || {
    say "installing cargo-deny"
    cargo install cargo-deny --locked --quiet ||
        die "get cargo-deny with: cargo install cargo-deny --locked"
}

# The programs that receive what Wardwatch sends, written by others than us.
scripts/test-receivers.sh
