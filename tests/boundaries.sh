#!/bin/sh
# Proves the borders of DESIGN: with `cargo tree` who may reach what, and from the sources that no two files of a crate
# import each other.
set -eu
fout=0

# Every crate has its tree asked for once. A name that does not exist would reach nothing, and so cross no border.
trees=$(mktemp -d)
trap 'rm -rf "$trees"' EXIT
tree() { # tree PACKAGE: what it reaches by normal and build dependencies, one name a line
    if [ ! -f "$trees/$1" ]; then
        if ! cargo tree --locked --quiet --package "$1" --edges normal,build --prefix none --format '{p}' > "$trees/full"; then
            echo "no crate is called $1" >&2
            exit 1
        fi
        cut -d' ' -f1 "$trees/full" > "$trees/$1"
    fi
}

known() { # known CRATE: fails unless the workspace compiles a crate of this name
    [ -f "$trees/all" ] || cargo tree --locked --quiet --workspace --edges all --target all --all-features --prefix none --format '{p}' |
        cut -d' ' -f1 | sort -u > "$trees/all"
    if ! grep -qx "$1" "$trees/all"; then
        echo "no crate is called $1" >&2
        exit 1
    fi
}

forbid() { # forbid PACKAGE CRATE...: PACKAGE reaches none of them
    package=$1
    shift
    tree "$package"
    for crate in "$@"; do
        known "$crate"
        if grep -qx "$crate" "$trees/$package"; then
            echo "boundary crossed: $package reaches $crate" >&2
            fout=1
        fi
    done
}

only() { # only PACKAGE CRATE...: of our own crates PACKAGE reaches these and no other
    package=$1
    shift
    tree "$package"
    known "$package"
    for crate in $own; do
        case " $package $* " in *" $crate "*) continue ;; esac
        if grep -qx "$crate" "$trees/$package"; then
            echo "boundary crossed: $package reaches $crate" >&2
            fout=1
        fi
    done
    for crate in "$@"; do
        if ! grep -qx "$crate" "$trees/$package"; then
            echo "an arrow that is not there: $package does not reach $crate" >&2
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

own=$(ls crates)

# The arrows of DESIGN: all that each crate reaches of our own, by whatever way.
only schema
only rows schema
only sheets rows schema
only mapping sheets rows schema
only pakket check rows schema
only check schema
only judging check schema
only exporter judging check mapping sheets pakket rows schema
only browser judging check mapping pakket sheets rows schema
only lake schema
only ingest judging check pakket lake rows schema
only disclosure schema
only analysis disclosure check schema
only report schema
only monitor ingest analysis report lake disclosure sheets judging check pakket rows schema

# What runs at the aanbieder stays small.
forbid exporter datafusion sqlx sqlx-core axum
# Of tokio it has what `reqwest` needs on one thread: sockets and timers. No pool of threads, files, processes, signals or macros.
allow_features exporter tokio bytes default io-util libc mio net rt socket2 sync time windows-sys
# What a browser loads judges, and does nothing else.
forbid browser tokio reqwest parquet zstd
# Only analysis compiles the engine; monitor ties it in.
for crate in schema rows sheets mapping pakket check judging exporter lake ingest disclosure report; do
    forbid "$crate" datafusion
done
# Reading and judging touch no network, and the service opens no workbook: `zip` itself comes along with what writes the
# sjabloon in `schema`, but what reads a workbook needs XML.
for crate in rows sheets mapping pakket check judging; do forbid "$crate" tokio reqwest parquet; done
forbid check arrow-csv
forbid ingest quick-xml calamine

cargo run --locked --quiet --package system-tests --bin circles || fout=1

[ "$fout" -eq 0 ] && echo "boundaries hold"
exit "$fout"
