#!/usr/bin/env bash
# Starts an empty MariaDB of the distribution's on 127.0.0.1 until the input ends, as root or as any other user.
# Prints its URL and its process when it answers.
set -euo pipefail
. "$(dirname "$0")/../service.sh"

port=${MARIADB_PORT:-3306}
server=$(PATH=$PATH:/usr/sbin command -v mariadbd) && command -v my_print_defaults >/dev/null ||
    fail "MariaDB is missing (Debian: apt-get install mariadb-server-core mariadb-client-core)"
cd "$folder"
"${unprivileged[@]}" mariadb-install-db --no-defaults --datadir="$folder/data" --skip-test-db \
    --auth-root-authentication-method=normal >"$log" 2>&1 || fail "mariadb-install-db failed: $(cat "$log")"
printf '%s\n' "CREATE USER kit@'127.0.0.1';" "GRANT ALL ON *.* TO kit@'127.0.0.1';" >init.sql
# The data is thrown away: nothing waits for the disk.
serve "${unprivileged[@]}" "$server" --no-defaults --datadir="$folder/data" --port="$port" --bind-address=127.0.0.1 \
    --socket="$folder/socket" --pid-file="$folder/pid" --init-file="$folder/init.sql" --skip-name-resolve \
    --innodb-flush-log-at-trx-commit=0 --innodb-buffer-pool-size=32M --skip-log-bin
when_ready "mysql://kit@127.0.0.1:$port/mysql" grep -q 'ready for connections' "$log"
