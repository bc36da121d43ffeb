#!/usr/bin/env bash
# Gets what the tests need and this machine lacks, or says in one line how to get it.
#
#   need.sh            everything for `make test`
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/say.sh
. scripts/postgres-home.sh

have() { command -v "$1" >/dev/null 2>&1 || [ -x "/usr/sbin/$1" ]; }

# The Debian packages of all that is missing.
missing_packages() {
    have cc || echo build-essential
    [ -n "$(postgres_home)" ] || echo postgresql
    have smtp-sink || echo postfix
    have faketime || echo faketime
    have strace || echo strace
    have chromium || have chromium-browser || have google-chrome || echo chromium
    { have python3 && python3 -c 'import ensurepip, venv' 2>/dev/null; } || echo python3-venv
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    else
        sudo -n "$@"
    fi
}

install_packages() {
    local command="apt-get install -y --no-install-recommends $*"
    have apt-get || die "this machine lacks: $* (Debian's names). Get them and try again."
    if [ "$(id -u)" != 0 ] && ! sudo -n true 2>/dev/null; then
        die "get what is missing with: sudo $command"
    fi
    say "installing $*"
    as_root apt-get update -q || die "apt-get update failed; then: sudo $command"
    # Of postfix only the test sink is wanted: without configuration no mail server starts.
    if [[ " $* " == *" postfix "* ]] && have debconf-set-selections; then
        echo "postfix postfix/main_mailer_type select No configuration" |
            as_root debconf-set-selections
    fi
    as_root env DEBIAN_FRONTEND=noninteractive $command ||
        die "apt-get could not install it; try: sudo $command"
}

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
