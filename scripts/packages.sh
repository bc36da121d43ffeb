# shellcheck shell=bash
# Sourced by the scripts that install what is missing: Debian packages, as root or by sudo.
# say.sh has been sourced before.

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    else
        sudo -n "$@"
    fi
}

install_packages() {
    local command="apt-get install -y --no-install-recommends $*"
    command -v apt-get >/dev/null 2>&1 ||
        die "this machine lacks: $* (Debian's names). Get them and try again."
    if [ "$(id -u)" != 0 ] && ! sudo -n true 2>/dev/null; then
        die "get what is missing with: sudo $command"
    fi
    say "installing $*"
    as_root apt-get update -q || die "apt-get update failed; then: sudo $command"
    # Of postfix only the test sink is wanted: without configuration no mail server starts.
    if [[ " $* " == *" postfix "* ]] && command -v debconf-set-selections >/dev/null; then
        echo "postfix postfix/main_mailer_type select No configuration" |
            as_root debconf-set-selections
    fi
    # Nor of opendkim its service, which would start at once: the tests run the program by hand.
    if [[ " $* " == *" opendkim "* ]] && command -v systemctl >/dev/null; then
        as_root systemctl --quiet mask opendkim.service
    fi
    # shellcheck disable=SC2086 # the words of the command
    as_root env DEBIAN_FRONTEND=noninteractive $command ||
        die "apt-get could not install it; try: sudo $command"
}
