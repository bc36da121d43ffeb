#!/usr/bin/env bash
# What `cargo test` runs, sooner: to optimise the stories of tests/ takes minutes, to run them as they
# are takes seconds more. The library that they try is optimised as ever.
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
