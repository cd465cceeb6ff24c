#!/usr/bin/env bash
# Starts an Alertmanager on 127.0.0.1 until the input ends, as root or as any other user.
# Prints its URL and its process when it answers.
# Usage: scripts/alertmanager/start.sh URL     is told there of alerts, grouped by name, each second
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../service.sh"

port=${ALERTMANAGER_PORT:-9093}
program=$("$here/build.sh" 2>"$log") || fail "$(cat "$log")"
cat >"$folder/alertmanager.yml" <<END
route: {receiver: test, group_by: [alertname], group_wait: 1s, group_interval: 1s, repeat_interval: 1h}
receivers: [{name: test, webhook_configs: [{url: "$1", send_resolved: true}]}]
END
mkdir "$folder/data"
[ "$(id -u)" != 0 ] || chown -R nobody:nogroup "$folder"
serve "${unprivileged[@]}" "$program" --config.file="$folder/alertmanager.yml" --storage.path="$folder/data" \
    --web.listen-address="127.0.0.1:$port" --cluster.listen-address=
ready() { (exec 3<>"/dev/tcp/127.0.0.1/$port") && grep -q 'Listening' "$log"; }
when_ready "http://127.0.0.1:$port" ready
