#!/bin/sh
# Speed beside the peers: one machine, one run, the median of several. Prints a table; decides nothing.
# COPIES=10 measures ten times as many rows, each copy with numbers of its own.
set -eu
cd "$(dirname "$0")/.."
TARGET="${CARGO_TARGET_DIR:-$PWD/target}"
VENV="$TARGET/venv"
ROWS="${ROWS:-1000000}"
[ -x "$VENV/bin/python" ] || python3 -m venv "$VENV"
"$VENV/bin/pip" install --quiet --requirement tests/python/requirements.txt --requirement tests/python/requirements-bench.txt
cargo build --locked --release -p exporter
EXTRACT="$TARGET/bench/$ROWS"
if [ ! -f "$EXTRACT/aanbieders.csv" ]; then
    cargo build --locked --workspace --all-targets
    "$TARGET/debug/practice" --aanbieders 1 --trajecten "$ROWS" --vorm canoniek --schoon --out "$EXTRACT"
fi
"$VENV/bin/python" tests/python/bench.py "$TARGET/release/uitvraag" "$EXTRACT"/0*/traject.csv "${TIMES:-5}" "${COPIES:-1}"
