#!/bin/sh
# uitvraag.exe, run under wine. Usage: windows.sh UITVRAAG OMGANGSMONITOR (the native programs, to compare with and deliver to)
set -eu
UITVRAAG=$(realpath "$1")
OMGANGSMONITOR=$(realpath "$2")
cd "$(dirname "$0")/.."
TARGET="${CARGO_TARGET_DIR:-$PWD/target}"
DOEL=x86_64-pc-windows-gnu
. deploy/doel.sh

# No debug information: nobody looks at it here, and it links in half the time.
CARGO_PROFILE_DEV_DEBUG=0 CARGO_INCREMENTAL=0 sh crates/exporter/build-windows.sh dev
WINE=/usr/lib/wine/wine64
[ -x "$WINE" ] || installeer "$WINE" wine64
export WINEPREFIX="$TARGET/wine" WINEARCH=win64 WINEDEBUG=-all
mkdir -p "$TARGET/wine-programs"
if [ ! -e "$WINEPREFIX/klaar" ]; then
    rm -rf "$WINEPREFIX"
    "$WINE" wineboot --init >/dev/null 2>&1 || true
    "${WINE%64}server64" --wait 2>/dev/null || true
    touch "$WINEPREFIX/klaar"
fi
x86_64-w64-mingw32-gcc -shared -o "$TARGET/wine-programs/bcryptprimitives.dll" tests/windows/bcryptprimitives.c -ladvapi32
x86_64-w64-mingw32-gcc -municode -o "$TARGET/wine-programs/icacls.exe" tests/windows/icacls.c -ladvapi32
x86_64-w64-mingw32-gcc -municode -o "$TARGET/wine-programs/houd.exe" tests/windows/houd.c
cp "$TARGET/$DOEL/debug/uitvraag.exe" "$TARGET/wine-programs/"
"$TARGET/venv/bin/python" tests/python/windows_check.py "$TARGET/wine-programs" "$UITVRAAG" "$OMGANGSMONITOR" "$TARGET/test-all/windows"
