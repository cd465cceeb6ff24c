#!/usr/bin/env bash
# Starts an empty Prometheus on 127.0.0.1 until the input ends, as root or as any other user. It keeps exemplars.
# Prints its URL and its process when it answers.
# Usage: scripts/prometheus/start.sh [HOST:PORT...]     scrapes the paths /metrics there, each second
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../service.sh"

port=${PROMETHEUS_PORT:-9090}
bin=$("$here/install.sh" 2>"$log") || fail "$(cat "$log")"
targets=$(printf '"%s",' "$@")
cat >"$folder/prometheus.yml" <<END
global: {scrape_interval: 1s, scrape_timeout: 1s}
scrape_configs: [{job_name: kit, static_configs: [{targets: [$([ $# = 0 ] || echo "$targets")]}]}]
END
mkdir "$folder/data"
[ "$(id -u)" != 0 ] || chown nobody:nogroup "$folder/data"
serve "${unprivileged[@]}" "$bin/prometheus" --config.file="$folder/prometheus.yml" \
    --storage.tsdb.path="$folder/data" --web.listen-address="127.0.0.1:$port" --enable-feature=exemplar-storage
when_ready "http://127.0.0.1:$port" grep -q 'Server is ready' "$log"
