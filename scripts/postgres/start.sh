#!/usr/bin/env bash
# Starts an empty PostgreSQL of the distribution's on 127.0.0.1 until the input ends, as root or as any other user.
# Prints its URL and its process when it answers.
set -euo pipefail
. "$(dirname "$0")/../service.sh"

export LC_ALL=C
stop_signal=INT # does not wait for its clients
port=${POSTGRES_PORT:-5432}
bin=$(find /usr/lib/postgresql -name initdb -printf '%h\n' 2>/dev/null | sort -V | tail -n 1)
[ -n "$bin" ] || fail "PostgreSQL is missing (Debian: apt-get install postgresql)"
cd "$folder"
"${unprivileged[@]}" "$bin/initdb" --pgdata=data --username=kit --auth=trust --encoding=UTF8 --no-locale --no-sync \
    >"$log" 2>&1 || fail "initdb failed: $(cat "$log")"
# The data is thrown away: nothing waits for the disk.
serve "${unprivileged[@]}" "$bin/postgres" -D data -p "$port" -c listen_addresses=127.0.0.1 \
    -c unix_socket_directories= -c fsync=off -c full_page_writes=off -c synchronous_commit=off
when_ready "postgres://kit@127.0.0.1:$port/postgres" "$bin/pg_isready" -q -h 127.0.0.1 -p "$port"
