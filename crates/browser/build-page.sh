#!/bin/sh
# Makes the page for checking in a browser: $CARGO_TARGET_DIR/controleren.html. CHECK_PAGE names the program that puts it
# together where that is built already.
set -eu
cd "$(dirname "$0")/../.."
TARGET="${CARGO_TARGET_DIR:-$PWD/target}"
export CARGO_TARGET_DIR="$TARGET"
DOEL=wasm32-unknown-unknown
. deploy/doel.sh

kies_compiler
LINKER=$(find "$SYSROOT/lib" -path '*/bin/wasm-ld' -o -name rust-lld -path '*/bin/rust-lld' | sort | head -n 1)
[ -n "$LINKER" ] || mist "a linker for WebAssembly" "rust-lld or wasm-ld"
# The crates between wasm-bindgen and us export functions that only its own tool reads. Not exported they are left out,
# and with them everything the module would import.
mkdir -p "$TARGET/$DOEL"
cat >"$TARGET/$DOEL/linker" <<EOF
#!/bin/sh
n=\$#
while [ "\$n" -gt 0 ]; do
    arg=\$1
    shift
    n=\$((n - 1))
    if [ "\$arg" = --export ]; then
        case \$1 in
        __wb* | __externref* | __abort_handler | __instance_terminated)
            shift
            n=\$((n - 1))
            continue
            ;;
        esac
    fi
    set -- "\$@" "\$arg"
done
exec "$LINKER" "\$@"
EOF
chmod +x "$TARGET/$DOEL/linker"

# The same bytes every time: a table in a hash function is otherwise filled at random while compiling.
export CONST_RANDOM_SEED=omgangsmonitor
export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER="$TARGET/$DOEL/linker"
cargo_voor_doel build --locked --quiet -p browser --lib --profile browser
[ -n "${CHECK_PAGE:-}" ] || cargo build --locked --quiet -p browser --bin check_page
"${CHECK_PAGE:-$TARGET/debug/check_page}" "$TARGET/$DOEL/browser/browser.wasm" "$TARGET/controleren.html"
