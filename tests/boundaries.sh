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

allow_features() { # allow_features PACKAGE CRATE FEATURE...: PACKAGE reaches CRATE with no other features than these
    package=$1
    crate=$2
    shift 2
    features=$(cargo tree --locked --quiet --package "$package" --edges normal,build --target all --prefix none --format '{p} {f}' |
        sed -n "s/^$crate v[^ ]* \\([^ ]*\\).*/\\1/p" | tr ',' '\n' | sort -u)
    [ -n "$features" ] || { echo "boundary unproven: $package does not reach $crate" >&2; fout=1; }
    for feature in $features; do
        case " $* " in
        *" $feature "*) ;;
        *)
            echo "boundary crossed: $package reaches $crate with $feature" >&2
            fout=1
            ;;
        esac
    done
}

# What runs at the aanbieder stays small.
forbid exporter datafusion sqlx sqlx-core axum lake ingest analysis report disclosure
# Of tokio it has what `reqwest` needs on one thread: sockets and timers. No pool of threads, files, processes, signals or macros.
allow_features exporter tokio bytes default io-util libc mio net rt socket2 sync time windows-sys
# TLS is rustls with ring: no second library of ciphers.
forbid exporter aws-lc-rs aws-lc-sys openssl-sys native-tls
# What a browser loads judges, and does nothing else.
forbid browser lake ingest analysis report disclosure exporter tokio reqwest parquet
# Only analysis compiles the engine; monitor ties it in.
for crate in schema extract check exporter lake ingest disclosure report; do forbid "$crate" datafusion; done
# The arrows of DESIGN.
forbid schema extract check lake ingest disclosure analysis report
forbid check extract lake arrow-csv parquet tokio reqwest
forbid extract check lake parquet tokio reqwest
forbid report lake analysis disclosure
forbid disclosure lake analysis report
forbid lake check extract ingest
forbid ingest analysis report disclosure
forbid analysis ingest report extract

[ "$fout" -eq 0 ] && echo "boundaries hold"
exit "$fout"
