# `make demo` and `make test` are all that a fresh machine needs; CONTRIBUTING.md tells the rest.
.PHONY: demo test check verify bench bless help

demo:    ## build all and serve a living demo city on http://127.0.0.1:8311
	cargo run --release -- demo

test:    ## what the continuous integration runs
	@scripts/test.sh

check:   ## the quick part of it, for while you work: format, lints, docs, floors
	cargo fmt --check
	cargo clippy --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --quiet
	cargo test --quiet --test house

verify:  ## the long proofs; goes on where it was stopped, and writes VERIFICATION.md
	@scripts/verify.sh

bench:   ## matching, the whole city, mail and push, each beside what others have made
	@scripts/bench.sh

bless:   ## accept what the snapshot tests now see; read the diff before you commit it
	INSTA_UPDATE=always scripts/with-postgres.sh cargo test
	git status --short

help:    ## this list
	@sed -n 's/^\([a-z]*\): *## /\1\t/p' Makefile
