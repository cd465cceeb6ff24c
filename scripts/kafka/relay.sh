#!/usr/bin/env bash
# Runs relay.py, with its packages installed first where needed.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
python=$("$here/python.sh")
exec "$python" "$here/relay.py" "$@"
