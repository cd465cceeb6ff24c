#!/usr/bin/env bash
# Starts an empty Prometheus on 127.0.0.1 until the input ends, as root or as any other user. It keeps exemplars.
# Prints its URL and its process when it answers.
# Usage: scripts/prometheus/start.sh [HOST:PORT...]     scrapes the paths /metrics there, each second
# OTEL_KIT_PROMETHEUS names the folder of another one, as scripts/prometheus/build.sh prints it: it takes OTLP too.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../service.sh"

port=${PROMETHEUS_PORT:-9090}
bin=${OTEL_KIT_PROMETHEUS:-}
otlp=(--web.enable-otlp-receiver)
if [ -z "$bin" ]; then
    bin=$("$here/install.sh" 2>"$log") || fail "$(cat "$log")"
    otlp=()
fi
targets=$(printf '"%s",' "$@")
cat >"$folder/prometheus.yml" <<END
global: {scrape_interval: 1s, scrape_timeout: 1s}
scrape_configs: [{job_name: kit, static_configs: [{targets: [$([ $# = 0 ] || echo "$targets")]}]}]
END
[ ${#otlp[@]} = 0 ] || echo 'otlp: {promote_scope_metadata: true}' >>"$folder/prometheus.yml"
mkdir "$folder/data"
[ "$(id -u)" != 0 ] || chown nobody:nogroup "$folder/data"
serve "${unprivileged[@]}" "$bin/prometheus" --config.file="$folder/prometheus.yml" \
    --storage.tsdb.path="$folder/data" --web.listen-address="127.0.0.1:$port" --enable-feature=exemplar-storage \
    "${otlp[@]}"
when_ready "http://127.0.0.1:$port" grep -q 'Server is ready' "$log"
