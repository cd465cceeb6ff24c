# Sourced by the scripts that start a service in a folder of its own, for as long as their input is open: whoever holds
# the other end may be killed, and nothing is left behind.

fail() {
    echo "$(basename "$(dirname "$0")"): $*" >&2
    exit 1
}

# For programs that refuse to run as root: its pid is theirs, as nothing stays in between.
unprivileged=()
[ "$(id -u)" != 0 ] || unprivileged=(setpriv --reuid=nobody --regid=nogroup --clear-groups)

# The folder of the service, which goes with it.
folder=$(mktemp -d)
log=$folder/log
pid=
stop_signal=TERM
[ "$(id -u)" != 0 ] || chown nobody:nogroup "$folder"
trap stop EXIT

# serve COMMAND...: starts it in the background.
serve() {
    "$@" >>"$log" 2>&1 </dev/null &
    pid=$!
    disown # or the shell tells how it ended
}

# when_ready ADDRESS COMMAND...: once the command succeeds, prints the address and the process that serves there, and
# stays until the input ends.
when_ready() {
    local address=$1 started=$SECONDS
    until "${@:2}" >/dev/null 2>&1; do
        kill -0 "$pid" 2>/dev/null || fail "ended at the start: $(tail -n 30 "$log")"
        [ $((SECONDS - started)) -lt 60 ] || fail "is not ready after a minute: $(tail -n 30 "$log")"
        sleep 0.1
    done
    echo "$address $pid"
    while read -r _; do :; done
}

stop() {
    if [ -n "$pid" ]; then
        kill -CONT "$pid" 2>/dev/null || true # it may be stopped
        kill -"$stop_signal" "$pid" 2>/dev/null || true
        timeout 10 tail --pid="$pid" -f /dev/null || kill -KILL "$pid" 2>/dev/null || true
    fi
    rm -rf "$folder"
}
