#!/usr/bin/env bash
# Sets up the real receivers that the tests send to, in var/receivers: from PyPI aiosmtpd for mail, http_ece
# and cryptography to open pushes, dkimpy; from npm mailauth and html-validate for mails, web-push-testing,
# standardwebhooks. Without them those tests are passed over.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/say.sh

from=tests/receivers
wanted() { cat "$from/requirements.txt" "$from/package.json" "$from/package-lock.json"; }
wanted | cmp -s - var/receivers/installed.txt && exit 0
say "making var/receivers from $from"
rm -rf var/receivers
mkdir -p var
python3 -m venv var/receivers
var/receivers/bin/pip install --quiet --disable-pip-version-check -r "$from/requirements.txt" ||
    die "pip could not install what $from/requirements.txt names; is a package index reachable?"
cp "$from/package.json" "$from/package-lock.json" var/receivers
# What the lock names and nothing else; no package runs anything of its own meanwhile.
npm ci --prefix var/receivers --ignore-scripts --engine-strict --no-audit --no-fund --loglevel=error ||
    die "npm could not install what $from/package-lock.json names; is a registry reachable, and Node 20.19 or newer?"
wanted >var/receivers/installed.txt
