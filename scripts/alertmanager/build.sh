#!/usr/bin/env bash
# Builds Alertmanager and prints the path of its binary, and nothing else, on stdout: the distribution's is years older
# and needs files outside of its folder. The binary is kept in the cache folder. The first build takes some minutes on
# two cores and needs Go and its module registry; later calls need no network.
set -euo pipefail

version=0.34.0
needs_go=1.25

fail() {
    echo "alertmanager: $*" >&2
    exit 1
}

check_go() {
    local found
    command -v go >/dev/null || fail "Go $needs_go or newer is missing: install it and put it on the PATH"
    found=$(go env GOVERSION)
    printf 'go%s\n%s\n' "$needs_go" "$found" | sort -CV || fail "Alertmanager $version needs Go $needs_go, found $found"
}

# The module has no pages, which a build of the repository would make with tools of its own: nobody looks at them here.
build() {
    local work=$1 source
    source=$(go mod download -json "github.com/prometheus/alertmanager@v$version" | sed -n 's/.*"Dir": "\(.*\)".*/\1/p')
    cp -R "$source" "$work/source"
    chmod -R u+w "$work/source"
    cd "$work/source"
    mkdir -p ui/app/dist
    touch ui/app/dist/index.html
    go build -mod=mod -trimpath -tags netgo \
        -ldflags="-s -w -X github.com/prometheus/common/version.Version=$version" -o "$work/alertmanager" ./cmd/alertmanager
}

cache=${OTEL_KIT_CACHE:-$HOME/.cache/otel-kit}/alertmanager
binary=$cache/alertmanager-$version
if [ ! -x "$binary" ]; then
    export GOTOOLCHAIN=local # the Go that is installed, never a downloaded one
    export GOFLAGS=          # flags of the user's own could break the build
    check_go
    mkdir -p "$cache"
    work=$(mktemp -d "$cache/build.XXXXXX")
    log=$cache/build.log
    trap 'rm -rf "$work"' EXIT
    echo "alertmanager: building version $version" >&2
    build "$work" >"$log" 2>&1 & # in the background: `set -e` does not hold in a command before `||`
    wait $! || { tail -n 30 "$log" >&2; fail "the build failed, see $log"; }
    mv "$work/alertmanager" "$binary" # at once, so that no one starts half a binary
fi
"$binary" --version >&2 || fail "$binary does not start"
echo "$binary"
