#!/bin/sh
# Runs every fuzz target for so many minutes (30), one after another; crashes stay in fuzz/artifacts.
# Needs `cargo install cargo-fuzz`. RUSTC_BOOTSTRAP lets the stable compiler count what is covered.
set -eu
cd "$(dirname "$0")/.."
seconden=$((${1:-30} * 60))
export RUSTC_BOOTSTRAP=1
doelmap="${CARGO_TARGET_DIR:-$PWD/target}"
export CARGO_TARGET_DIR="$doelmap/fuzz"
# No address sanitizer: our code has no unsafe, and without it twice as much is tried.
cargo fuzz build --sanitizer none
ZAAD="$PWD/fuzz/corpus" CARGO_TARGET_DIR="$doelmap" cargo test --quiet -p mapping --test it -- --ignored zaad
uitkomst=0
for doel in csv json koppeling pakket xlsx; do
    mkdir -p "fuzz/artifacts/$doel"
    cargo fuzz run --sanitizer none "$doel" -- -max_total_time="$seconden" -max_len=16384 -timeout=10 -rss_limit_mb=1024 \
        -dict=fuzz/words.dict -print_final_stats=1 || uitkomst=1
done
exit "$uitkomst"
