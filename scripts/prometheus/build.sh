#!/usr/bin/env bash
# Builds a Prometheus 3, which takes OTLP, and prints the folder with `prometheus`, and nothing else, on stdout: for
# where the distribution has an older one. The binary is kept in the cache folder. The first build takes about ten
# minutes on two cores and needs Go and its module registry; later calls need no network.
set -euo pipefail

version=0.315.0 # of the Go module: this is Prometheus 3.15
needs_go=1.25
tags=netgo,remove_all_sd # without the discovery of services in clouds

fail() {
    echo "prometheus: $*" >&2
    exit 1
}

check_go() {
    local found
    command -v go >/dev/null || fail "Go $needs_go or newer is missing: install it and put it on the PATH"
    found=$(go env GOVERSION)
    printf 'go%s\n%s\n' "$needs_go" "$found" | sort -CV || fail "Prometheus $version needs Go $needs_go, found $found"
}

# A module of its own that asks for Prometheus, with the replacements that only hold in a main module.
build() {
    local work=$1 module=github.com/prometheus/prometheus source
    cd "$work"
    go mod init prometheus-kit
    source=$(go mod download -json "$module@v$version" | sed -n 's/.*"Dir": "\(.*\)".*/\1/p')
    go mod edit -require="$module@v$version"
    sed -n 's/^\(replace \)\?[[:space:]]*\([^ ]*\) => \([^. ][^ ]*\) \(v[^ ]*\).*$/-replace=\2=\3@\4/p' "$source/go.mod" |
        xargs -r go mod edit
    cp "$source/go.sum" .
    chmod u+w go.sum
    go build -mod=mod -trimpath -tags "$tags" -ldflags='-s -w' -o "$work/prometheus" "$module/cmd/prometheus"
}

cache=${OTEL_KIT_CACHE:-$HOME/.cache/otel-kit}/prometheus
folder=$cache/built-$version
if [ ! -x "$folder/prometheus" ]; then
    export GOTOOLCHAIN=local # the Go that is installed, never a downloaded one
    export GOFLAGS=          # flags of the user's own could break the build
    check_go
    mkdir -p "$folder"
    work=$(mktemp -d "$cache/build.XXXXXX")
    log=$cache/build.log
    trap 'rm -rf "$work"' EXIT
    echo "prometheus: building module version $version" >&2
    build "$work" >"$log" 2>&1 & # in the background: `set -e` does not hold in a command before `||`
    wait $! || { tail -n 30 "$log" >&2; fail "the build failed, see $log"; }
    mv "$work/prometheus" "$folder/prometheus" # at once, so that no one starts half a binary
fi
"$folder/prometheus" --version >&2 || fail "$folder/prometheus does not start"
echo "$folder"
