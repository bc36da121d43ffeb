#!/usr/bin/env bash
# What receivers make of the mails in a folder, as `wardwatch demo --data-dir DIR` leaves them in DIR/mail:
# a line of JSON for each, and at the end the worst of them.
#
#   check-mail.sh FOLDER [RECORD NAME]    with the file of the DKIM record and its name in DNS, signatures too
set -euo pipefail
here=$PWD
cd "$(dirname "$0")/.."
. scripts/say.sh

[ $# = 1 ] || [ $# = 3 ] || die "check-mail.sh takes a folder of .eml files, and maybe a record and its name"
absolute() { case $1 in /*) echo "$1" ;; *) echo "$here/$1" ;; esac; }
mails=("$(absolute "$1")")
[ $# = 1 ] || mails+=("$(absolute "$2")" "$3")
export PATH="$PATH:/usr/sbin"
scripts/test-receivers.sh
lines=$(node tests/receivers/mail_verdict.mjs "${mails[@]}")
printf '%s\n' "$lines"
say "$(wc -l <<<"$lines") mails"
node -e '
    const all = require("fs").readFileSync(0, "utf8").trim().split("\n").map((line) => JSON.parse(line));
    const score = Math.max(...all.map((mail) => mail.score));
    const pages = all.filter((mail) => mail.html.length).length;
    const who = ["dkimpy", "opendkim", "mailauth", "dmarc"];
    const signed = all.filter((mail) => who.some((name) => name in mail && mail[name] !== "pass")).length;
    console.log(`highest score ${score}, ${pages} pages with errors, ${signed} signatures not believed`);
    process.exitCode = score < 1 && !pages && !signed ? 0 : 1;
' <<<"$lines"
