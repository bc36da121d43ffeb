#!/usr/bin/env bash
# What `cargo test` runs, with less to compile: the stories of tests/ are not optimised, the library that
# they try is as ever.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo test --features failpoints --lib --bins --examples
cargo test --features failpoints --doc
for suite in tests/*.rs tests/*/main.rs; do
    name=$(basename "${suite%/main.rs}" .rs)
    program=$(cargo rustc --features failpoints --test "$name" \
        --message-format=json-render-diagnostics -- -C opt-level=0 |
        sed -nE '/"kind":\["test"\]/s/.*"executable":"([^"]+)".*/\1/p')
    "$program"
done
