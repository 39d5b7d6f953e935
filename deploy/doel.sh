# Sourced by the scripts that build for a browser or for Windows: finds a compiler that can, and says so when there is none.
#
# First choice: the toolchain in use, when `rustup target add` gave it the target. Otherwise, on Debian: the packages of
# rustc-web with the sources of the standard library, unpacked (not installed) beside the other build output.
# Afterwards `cargo_voor_doel` runs cargo, and $SYSROOT is where the compiler keeps its things.
# Expects: $TARGET (build output) and $DOEL (the target triple).

mist() { # mist WHAT HOW: one line on what is missing, and the end; 3 tells it from a build that fails
    echo "missing: $1 ($2)" >&2
    exit 3
}

# The compiler for $DOEL.
kies_compiler() {
    SYSROOT=$(rustc --print sysroot)
    if [ -d "$SYSROOT/lib/rustlib/$DOEL/lib" ]; then
        BOUW_STD=
        return
    fi
    if ! command -v apt-get >/dev/null || ! command -v dpkg-deb >/dev/null; then
        mist "the Rust target $DOEL" "rustup target add $DOEL"
    fi
    haal_rustc_web
    SYSROOT="$WEB/usr"
    BOUW_STD=-Zbuild-std=std,panic_abort
}

# Debian's rustc-web, unpacked in $WEB; fetched once.
haal_rustc_web() {
    WEB="$TARGET/rustc-web"
    [ ! -e "$WEB/klaar" ] || return 0
    echo "fetching Debian's rustc-web (135 MB, once)"
    rm -rf "$WEB"
    mkdir -p "$WEB/debs"
    if ! apt-cache show rustc-web >/dev/null 2>&1; then
        [ "$(id -u)" -ne 0 ] || apt-get update -qq
        apt-cache show rustc-web >/dev/null 2>&1 || mist "the Rust target $DOEL" "rustup target add $DOEL, or Debian's package rustc-web"
    fi
    std=$(afhankelijk libstd-rust-web-dev 'libstd-rust-web-[0-9.]*')
    llvm=$(afhankelijk "$std" 'libllvm[0-9]*')
    (cd "$WEB/debs" && apt-get download -qq rustc-web rust-web-src libstd-rust-web-dev "$std" "$llvm" "lld-${llvm#libllvm}" 2>/dev/null) ||
        mist "Debian's packages of rustc-web" "apt-get update, then again"
    for deb in "$WEB"/debs/*.deb; do dpkg-deb -x "$deb" "$WEB"; done
    rm -rf "$WEB/debs" "$WEB"/usr/src/*/src/doc "$WEB"/usr/src/*/tests
    bibliotheken="$WEB/usr/lib:$(dirname "$(find "$WEB/usr/lib" -name "libLLVM*.so*" | head -n 1)")"
    cat >"$WEB/rustc" <<EOF
#!/bin/sh
LD_LIBRARY_PATH="$bibliotheken\${LD_LIBRARY_PATH:+:\$LD_LIBRARY_PATH}" exec "$WEB/usr/bin/rustc" "\$@"
EOF
    chmod +x "$WEB/rustc"
    "$WEB/rustc" --version >/dev/null || mist "a library of rustc-web, named above" "apt-get install it"
    touch "$WEB/klaar"
}

afhankelijk() { # afhankelijk PACKAGE PATTERN: the newest package of that pattern it depends on
    apt-cache depends --no-recommends --no-suggests "$1" | grep -o "Depends: $2\$" | cut -d' ' -f2 | sort -V | tail -n 1
}

# cargo, with the compiler that was found.
cargo_voor_doel() {
    if [ -z "$BOUW_STD" ]; then
        cargo "$@" --target "$DOEL"
    else
        RUSTC="$WEB/rustc" RUSTC_BOOTSTRAP=1 cargo "$@" --target "$DOEL" "$BOUW_STD"
    fi
}

installeer() { # installeer PROGRAM PACKAGE: makes sure the program is there
    ! command -v "$1" >/dev/null || return 0
    { [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; } || mist "$1" "Debian's package $2"
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$2" >/dev/null; } ||
        mist "$1" "Debian's package $2, which apt-get could not install"
}
