#!/usr/bin/env bash
# Builds the OpenTelemetry Collector of a manifest, else of builder.yaml, and prints the path of its binary, and nothing else, on stdout.
# The binary is kept in the cache folder under a name made from the manifest: built once, built again when it changes.
# The first build takes about two minutes on two cores and needs the Go module registry; later calls need no network.
# Usage: scripts/collector/build.sh [MANIFEST]     a file of this folder
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
manifest=$here/${1:-builder.yaml}
version=$(sed -n 's/^  version: //p' "$manifest")
needs_go=1.25 # what the Collector's modules of this version ask for

fail() {
    echo "collector: $*" >&2
    exit 1
}

install_go() {
    command -v go >/dev/null && return
    command -v apt-get >/dev/null || fail "Go $needs_go or newer is missing: install it and put it on the PATH"
    [ "$(id -u)" = 0 ] || fail "Go is missing and only root can install it: apt-get install golang-go"
    apt-get update -qq && apt-get install -y -qq --no-install-recommends golang-go ca-certificates ||
        fail "could not install the package golang-go"
}

check_go() {
    local found
    found=$(go env GOVERSION)
    printf 'go%s\n%s\n' "$needs_go" "$found" | sort -CV ||
        fail "the Collector $version needs Go $needs_go or newer, found $found: install a newer one (Debian: backports)"
}

# The builder only writes the sources. Its own `go mod tidy` would also ask for modules that nothing but the tests
# of the components use, and the registry does not serve all of them; `go get` asks for what is compiled.
build() {
    local work=$1
    cp "$manifest" "$work/builder.yaml"
    cd "$work"
    go run "go.opentelemetry.io/collector/cmd/builder@v$version" \
        --config builder.yaml --skip-get-modules --skip-compilation
    cd source
    go mod init otelcol-kit
    { sed -n 's/^  - gomod: \(.*\) \(v.*\)$/\1@\2/p' "$manifest"; echo "go.opentelemetry.io/collector/otelcol@v$version"; } |
        xargs go get
    go build -mod=mod -trimpath -ldflags='-s -w' -o "$work/otelcol" .
}

cache=${OTEL_KIT_CACHE:-$HOME/.cache/otel-kit}
binary=$cache/collector/otelcol-$version-$(sha256sum <"$manifest" | cut -c1-12)
if [ ! -x "$binary" ]; then
    export GOTOOLCHAIN=local # the Go that is installed, never a downloaded one
    export GOFLAGS=          # flags of the user's own could break the build
    install_go >&2
    check_go
    mkdir -p "$cache/collector"
    work=$(mktemp -d "$cache/collector/build.XXXXXX")
    log=$cache/collector/build.log
    trap 'rm -rf "$work"' EXIT
    echo "collector: building version $version" >&2
    build "$work" >"$log" 2>&1 & # in the background: `set -e` does not hold in a command before `||`
    wait $! || { tail -n 30 "$log" >&2; fail "the build failed, see $log"; }
    mv "$work/otelcol" "$binary" # at once, so that no one starts half a binary
fi
"$binary" --version >&2 || fail "$binary does not start"
echo "$binary"
