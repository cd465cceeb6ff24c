#!/usr/bin/env bash
# Starts the Collector in the foreground, built first where needed, on the usual OTLP ports.
# Usage: scripts/collector/start.sh [FOLDER]     what it receives is written there (collector.yaml says how)
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
binary=$("$here/build.sh")
export COLLECTOR_OUT=${1:-$(mktemp -d)}
export COLLECTOR_GRPC_PORT=${COLLECTOR_GRPC_PORT:-4317}
export COLLECTOR_HTTP_PORT=${COLLECTOR_HTTP_PORT:-4318}
export COLLECTOR_HEALTH_PORT=${COLLECTOR_HEALTH_PORT:-13133}
mkdir -p "$COLLECTOR_OUT"
echo "collector: OTLP on 127.0.0.1:$COLLECTOR_GRPC_PORT (gRPC) and :$COLLECTOR_HTTP_PORT (HTTP), writes to $COLLECTOR_OUT" >&2
exec "$binary" --config "$here/collector.yaml"
