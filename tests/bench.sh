#!/bin/sh
# Speed beside the peers: one machine, one run, the median of several. Prints tables; decides nothing.
# ROWS=1000000 rows, TIMES=5 times. COPIES=10 checks ten times as many rows, each copy with numbers of its own.
# RECORD=1 keeps the ratios in tests/bench-recorded.json: every later run prints them beside its own.
# PROFILE=dev shows that it works without the long build; its times say nothing, and it records nothing.
set -eu
cd "$(dirname "$0")/.."
TARGET="${CARGO_TARGET_DIR:-$PWD/target}"
VENV="$TARGET/venv"
ROWS="${ROWS:-1000000}"
PROFILE="${PROFILE:-release}"
RECORD="${RECORD:-0}"
case $PROFILE in
dev) built=debug RECORD=0 ;;
*) built=$PROFILE ;;
esac
[ -x "$VENV/bin/python" ] || python3 -m venv "$VENV"
"$VENV/bin/pip" install --quiet --requirement tests/python/requirements.txt --requirement tests/python/requirements-bench.txt
cargo build --locked --profile "$PROFILE" -p exporter
cargo build --locked --profile "$PROFILE" --workspace --example figures
# One aanbieder for the check of one file, sixty in the whole country for the figures.
for aanbieders in 1 60; do
    extracts="$TARGET/bench/$ROWS-$aanbieders"
    if [ ! -f "$extracts/aanbieders.csv" ]; then
        rm -rf "$extracts"
        cargo run --locked --quiet -p system-tests --bin practice -- \
            --aanbieders "$aanbieders" --trajecten "$ROWS" --vorm canoniek --schoon --out "$extracts.part"
        mv "$extracts.part" "$extracts"
    fi
done
"$VENV/bin/python" tests/python/bench.py "$TARGET/$built/uitvraag" "$TARGET/$built/examples/figures" "$TARGET/bench/$ROWS-1" \
    "$TARGET/bench/$ROWS-60" --times "${TIMES:-5}" --copies "${COPIES:-1}" $([ "$RECORD" = 0 ] || echo --record)
