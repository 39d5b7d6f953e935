#!/bin/sh
# Builds uitvraag.exe for Windows: build-windows.sh [release|dev], into $CARGO_TARGET_DIR/x86_64-pc-windows-gnu/.
set -eu
cd "$(dirname "$0")/../.."
TARGET="${CARGO_TARGET_DIR:-$PWD/target}"
export CARGO_TARGET_DIR="$TARGET"
DOEL=x86_64-pc-windows-gnu
PROFIEL="${1:-release}"
. deploy/doel.sh

installeer x86_64-w64-mingw32-gcc gcc-mingw-w64-x86-64
kies_compiler
export CARGO_TARGET_X86_64_PC_WINDOWS_GNU_LINKER=x86_64-w64-mingw32-gcc CC_x86_64_pc_windows_gnu=x86_64-w64-mingw32-gcc
cargo_voor_doel build --locked --quiet -p exporter --bin uitvraag --profile "$PROFIEL"
map=$PROFIEL
[ "$PROFIEL" != dev ] || map=debug
ls -l "$TARGET/$DOEL/$map/uitvraag.exe"
