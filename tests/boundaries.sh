#!/bin/sh
# Proves with `cargo tree` the borders of DESIGN: who may reach what, and that nobody crosses.
set -eu
fout=0

reaches() { # reaches PACKAGE CRATE: succeeds when PACKAGE has CRATE among its normal or build dependencies
    cargo tree --locked --quiet --package "$1" --edges normal,build --prefix none --format '{p}' | cut -d' ' -f1 | grep -qx "$2"
}

forbid() { # forbid PACKAGE CRATE...
    package=$1
    shift
    for crate in "$@"; do
        if reaches "$package" "$crate"; then
            echo "boundary crossed: $package reaches $crate" >&2
            fout=1
        fi
    done
}

# What runs at the aanbieder stays small.
forbid exporter datafusion sqlx sqlx-core axum tokio lake ingest analysis report disclosure
# What a browser loads judges, and does nothing else.
forbid browser lake ingest analysis report disclosure exporter tokio ureq parquet
# Only analysis compiles the engine; monitor ties it in.
for crate in schema extract check exporter lake ingest disclosure report; do forbid "$crate" datafusion; done
# The arrows of DESIGN.
forbid schema extract check lake ingest disclosure analysis report
forbid check extract lake arrow-csv parquet tokio ureq
forbid extract check lake parquet tokio ureq
forbid report lake analysis disclosure
forbid disclosure lake analysis report
forbid lake check extract ingest
forbid ingest analysis report disclosure
forbid analysis ingest report extract

[ "$fout" -eq 0 ] && echo "boundaries hold"
exit "$fout"
