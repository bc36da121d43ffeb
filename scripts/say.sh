# Sourced by the other scripts: how they speak.

say() { printf '\n==> %s\n' "$*" >&2; }

die() {
    printf '\nSTOPPED: %s\n' "$*" >&2
    exit 1
}
