#!/usr/bin/env bash
# Installs requirements.txt from PyPI and prints the Python that has them, and nothing else, on stdout.
# It is in the cache under a name made from the list: installed once, again when that changes.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)

fail() {
    echo "smtp: $*" >&2
    exit 1
}

cache=${OTEL_KIT_CACHE:-$HOME/.cache/otel-kit}
folder=$cache/smtp/python-$(sha256sum <"$here/requirements.txt" | cut -c1-12)
if [ ! -e "$folder/whole" ]; then
    rm -rf "$folder"
    mkdir -p "$cache/smtp"
    python3 -m venv "$folder" >&2 || fail "Python or its venv is missing (Debian: apt-get install python3-venv)"
    "$folder/bin/pip" install --quiet --no-deps --disable-pip-version-check -r "$here/requirements.txt" >&2 ||
        fail "pip could not install the packages"
    touch "$folder/whole"
fi
echo "$folder/bin/python"
