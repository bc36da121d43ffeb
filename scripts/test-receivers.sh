#!/bin/sh
# Sets up the real receivers that the tests send to: aiosmtpd for mail, http_ece and cryptography
# to open pushes. They live in var/receivers; without them those tests are passed over.
set -eu
cd "$(dirname "$0")/.."
python3 -m venv var/receivers
var/receivers/bin/pip install --quiet aiosmtpd http_ece cryptography
echo "receivers are ready in var/receivers"
