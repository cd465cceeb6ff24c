#!/usr/bin/env bash
# Prints the folder with `prometheus` and `promtool`, and nothing else, on stdout: the installed ones, or else those of
# the distribution's package, unpacked into the cache folder. Unpacked, not installed: the package would start a server
# on all interfaces. The first call needs the distribution's packages; later calls need no network.
set -euo pipefail

fail() {
    echo "prometheus: $*" >&2
    exit 1
}

unpack() {
    command -v apt-get >/dev/null || fail "Prometheus is missing: install it and put it on the PATH"
    mkdir -p "$folder"
    work=$(mktemp -d "$folder/unpack.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    cd "$work"
    apt-get download -qq prometheus || { [ "$(id -u)" = 0 ] && apt-get update -qq && apt-get download -qq prometheus; } ||
        fail "could not get the package prometheus"
    dpkg-deb --fsys-tarfile prometheus_*.deb | tar -x ./usr/bin
    mv -T usr/bin "$folder/bin" # at once, so that no one starts half of it
}

folder=${OTEL_KIT_CACHE:-$HOME/.cache/otel-kit}/prometheus
bin=$folder/bin
if command -v prometheus promtool >/dev/null; then
    bin=$(dirname "$(command -v prometheus)")
elif [ ! -x "$bin/prometheus" ]; then
    unpack >&2
fi
"$bin/promtool" --version >&2 || fail "$bin/promtool does not start"
echo "$bin"
