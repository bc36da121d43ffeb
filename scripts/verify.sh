#!/usr/bin/env bash
# The long proofs: every ignored test, one at a time, in release. What passed over the same code is
# not run again, so it can be stopped and started. Results go to VERIFICATION.md; lines
# that a test prints and that begin with `found: ` go along. `verify.sh tests`, `verify.sh site` and
# `verify.sh fuzz` do a part of it each.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/say.sh

scripts/need.sh
# smtp-sink lives where an ordinary user's PATH does not look.
export PATH="$PATH:/usr/sbin"

# The files that a proof covers, by their contents: what passed over the same ones stands.
contents() {
    git ls-files -z --deduplicate --cached --others --exclude-standard -- "$@" |
        while IFS= read -r -d '' file; do [ ! -f "$file" ] || sha1sum -- "$file"; done |
        sha1sum | cut -c1-12
}

commit=$(git rev-parse --short HEAD)
[ -z "$(git status --porcelain -- . ':!VERIFICATION.md')" ] || commit="$commit with changes"
program=$(contents . ':!*.md' ':!docs' ':!fuzz' ':!benches' ':!.ci')
# What a door has behind it; what brings programs of changes to the index stands apart in `fuzz/src/bin`.
doors=(fuzz ':!fuzz/src/bin' Cargo.toml)
# Nothing behind them asks which property tells areas apart.
areas=$(contents "${doors[@]}" src/geometry ':!src/geometry/ids.rs')
# No issue, token or single watch is mended or joined.
others=$(contents "${doors[@]}" src/geometry 'src/intake*' 'src/issue*' src/ward.rs 'src/watch.rs' 'src/token*' \
    'src/clock*' src/http/watch_wire.rs ':!src/geometry/repair.rs' ':!src/geometry/tangle.rs' ':!src/geometry/ids.rs')
bounces=$(contents "${doors[@]}" 'src/bounce*')
index=$(contents fuzz/Cargo.lock fuzz/Cargo.toml fuzz/src/bin Cargo.toml src/geometry src/matching)
passed="var/verify/$program"
mkdir -p "$passed" "var/verify/$areas" "var/verify/$others" "var/verify/$bounces" \
    "var/verify/$index"

write() { printf '%s\n' "$@" >>VERIFICATION.md; }

# Once there is something to say under it.
begun=
begin() {
    [ -z "$begun" ] || return 0
    begun=yes
    [ -s VERIFICATION.md ] || write "# What \`make verify\` found"
    write "" "## $(date -u '+%Y-%m-%d %H:%M') UTC, commit $commit" ""
}

failed=0 ran=0 known=0

# Runs a proof unless it has passed: its mark, what it is called, and how it is run.
prove() {
    local mark=$1 name=$2 log=$1.log start=$SECONDS over
    shift 2
    if [ -e "$mark" ]; then
        known=$((known + 1))
        return 0
    fi
    say "$name"
    ran=$((ran + 1))
    if "$@" </dev/null 2>&1 | tee "$log" >&2; then
        begin
        # A test that lacks what it needs says so and is well; here that proves nothing.
        if over=$(grep -m1 '^passed over: ' "$log"); then
            write "- $over: $name"
        else
            write "- passed in $((SECONDS - start)) s: $name"
            touch "$mark"
        fi
    else
        begin
        write "- **FAILED** after $((SECONDS - start)) s: $name"
        failed=$((failed + 1))
    fi
    sed -nE 's/^found: (.*)$/  - \1/p' "$log" >>VERIFICATION.md
}

# Every ignored test, each with a PostgreSQL of its own.
tests() {
    say "building"
    mapfile -t programs < <(cargo test --release --features failpoints --no-run 2>&1 |
        tee /dev/stderr | sed -nE 's/^ +Executable .*\((.*)\)$/\1/p')
    [ "${#programs[@]}" -gt 0 ] || die "nothing was built"
    for program in "${programs[@]}"; do
        suite=$(basename "$program" | sed -E 's/-[0-9a-f]{16}$//')
        while read -r name; do
            prove "$passed/$suite.${name//:/.}" "$suite \`$name\`" \
                env POSTGRES_FSYNC=on scripts/with-postgres.sh "$program" --ignored --exact "$name" --nocapture
        done < <("$program" --ignored --list --format terse | sed -n 's/: test$//p')
    done

    # The package that measures beside others needs OpenSSL's headers, so `make test` leaves it alone.
    if pkg-config --exists openssl 2>/dev/null; then
        say "lints of benches/peers/push"
        cargo clippy --manifest-path benches/peers/push/Cargo.toml --target-dir target -- -D warnings
    fi
}

# Gives the path of a fuzzer, built on the stable toolchain into a folder of its own, with these
# instruments beside the counters. In one unit, as the counters keep what is divided from being inlined.
build_fuzzer() {
    host=$(rustc -vV | sed -n 's/^host: //p')
    flags="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4"
    flags+=" -Cllvm-args=-sanitizer-coverage-inline-8bit-counters"
    flags+=" -Cllvm-args=-sanitizer-coverage-pc-table -Ccodegen-units=1 $2"
    (cd fuzz && RUSTFLAGS="$flags" cargo build --release --bin "$1" --target "$host" \
        --target-dir "target/$1") >&2
    echo "fuzz/target/$1/$host/release/$1"
}

# The site in a browser, in all languages, themes and sizes; and what Lighthouse makes of it.
site() {
    say "building the program"
    cargo build --release --features failpoints
    export WARDWATCH=$PWD/target/release/wardwatch WHOLE=1
    CHROMIUM=$(command -v chromium || command -v chromium-browser || command -v google-chrome)
    export CHROMIUM
    (cd web && npm ci --no-audit --no-fund --loglevel=error)
    for part in site lighthouse; do
        prove "$passed/site.$part" "\`npm run $part\`" npm --prefix web run --silent "$part"
    done
}

# Ten million hostile inputs for each parser behind the doors, and as many programs of changes and
# questions for the index; or for those of FUZZ_DOORS. Each core runs its share of a portion. What was run
# is counted, so that stopping loses at most one portion.
fuzz() {
    cores=$(nproc)
    inputs=${FUZZ_INPUTS:-10000000} portion=500000
    for door in ${FUZZ_DOORS:-areas csv ndjson issues xml event token watch bounce repair index}; do
        # What a parser compares its input with is shown to the fuzzer; a kilobyte has room for all that can be
        # wrong, and more takes long. Programs for the index have no such words, and are run more than twice
        # as fast without, if they are short; to count how often they pass by somewhere took more time than it
        # found new ways.
        fuzzer=wardwatch-fuzz longest=1024 instruments="-Cllvm-args=-sanitizer-coverage-trace-compares" less=
        case $door in
        areas | repair) covered=$areas ;;
        bounce) covered=$bounces ;;
        index)
            covered=$index fuzzer=index longest=128 instruments=
            less="-use_counters=0 -entropic=0 -reduce_inputs=0"
            ;;
        *) covered=$others ;;
        esac
        mark="var/verify/$covered/$door" corpus="var/fuzz/$door" start=$SECONDS
        done_so_far=$(cat "$mark" 2>/dev/null || echo 0)
        [ "$done_so_far" -lt "$inputs" ] || {
            known=$((known + 1))
            continue
        }
        say "building what fuzzes $door"
        built=$(build_fuzzer $fuzzer "$instruments")
        say "fuzzing $door, $done_so_far inputs so far"
        ran=$((ran + 1))
        mkdir -p "$corpus" "var/fuzz/found"
        before=$done_so_far
        while [ "$done_so_far" -lt "$inputs" ]; do
            running=() clean=yes
            for core in $(seq "$cores"); do
                # shellcheck disable=SC2086 # options, one a word
                WARDWATCH_DOOR=$door WARDWATCH_SEEDS=$corpus "$built" "$corpus" $less \
                    -runs=$(((portion + cores - 1) / cores)) -max_len=$longest -timeout=20 -rss_limit_mb=1024 \
                    -verbosity=0 -print_final_stats=0 -artifact_prefix="var/fuzz/found/$door-" \
                    >"$mark.$core.log" 2>&1 &
                running+=($!)
            done
            for each in "${running[@]}"; do wait "$each" || clean=; done
            [ -n "$clean" ] || break
            done_so_far=$((done_so_far + portion))
            echo "$done_so_far" >"$mark"
        done
        begin
        took=$((SECONDS - start))
        rate=$(((done_so_far - before) / (took > 0 ? took : 1)))
        if [ "$done_so_far" -ge "$inputs" ]; then
            write "- passed in $took s: fuzz \`$door\`, $done_so_far inputs, $rate a second"
        else
            write "- **FAILED** after $took s: fuzz \`$door\`, see var/fuzz/found"
            tail -n 20 "$mark".*.log >&2
            failed=$((failed + 1))
        fi
    done
}

case ${1:-all} in
tests | site | fuzz) "$1" ;;
all)
    tests
    site
    fuzz
    ;;
*) die "verify.sh does tests, site, or fuzz, or without a word all of it" ;;
esac
say "$ran run, $failed failed, $known had passed before over the same code"
[ "$failed" = 0 ]
