#!/usr/bin/env bash
# Starts a mail server on 127.0.0.1 until the input ends. It takes mail after STARTTLS and a login only, and appends
# each to a file as a line of JSON.
# Prints its address and its process when it listens.
# Usage: scripts/smtp/start.sh CERTIFICATE KEY FILE
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../service.sh"

port=${SMTP_PORT:-2525}
python=$("$here/python.sh" 2>"$log") || fail "$(cat "$log")"
serve "$python" "$here/sink.py" "$port" "$@"
when_ready "127.0.0.1:$port" grep -q listening "$log"
