#!/usr/bin/env bash
# Sets up the real receivers that the tests send to: aiosmtpd for mail, http_ece and cryptography
# to open pushes. They live in var/receivers; without them those tests are passed over.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/say.sh

wanted=tests/receivers/requirements.txt
cmp -s "$wanted" var/receivers/installed.txt && exit 0
say "making var/receivers from $wanted"
rm -rf var/receivers
mkdir -p var
python3 -m venv var/receivers
var/receivers/bin/pip install --quiet --disable-pip-version-check -r "$wanted" ||
    die "pip could not install what $wanted names; is a package index reachable?"
cp "$wanted" var/receivers/installed.txt
