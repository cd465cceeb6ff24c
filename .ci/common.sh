# Sourced by run and full: where a run keeps what it built, and how a step is shown.
cd "$(dirname "${BASH_SOURCE[0]}")/.."
checkout=$PWD

# Outside the repository, so that a fresh clone finds what the last run left.
export OTEL_KIT_CACHE=${OTEL_KIT_CACHE:-$HOME/.cache/otel-kit}
export CARGO_TARGET_DIR=$OTEL_KIT_CACHE/target
export CARGO_INCREMENTAL=0 # disk and time that only an edit-and-build loop gets back
export PATH=$OTEL_KIT_CACHE/tools/bin:$PATH
mkdir -p "$OTEL_KIT_CACHE"

fail() {
    echo "gate: $*" >&2
    exit 1
}

# step NAME COMMAND...: ends the run when the command fails.
step() {
    current=$1
    shift
    local started=$SECONDS
    printf '\n==> %s\n' "$current"
    "$@" 9>&- # a process left behind must not keep the lock
    printf '<== %s: %s s\n' "$current" $((SECONDS - started))
}

# bench GROUP: of the benchmarks, which are a workspace of their own. For what fails here on counts, cargo's own release
# profile will do, and takes less time to build.
bench() {
    env CARGO_TARGET_DIR="$OTEL_KIT_CACHE/benches" CARGO_PROFILE_RELEASE_LTO=false \
        CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_DEBUG=0 \
        cargo run --release --locked --manifest-path benches/Cargo.toml -- "$1"
}

report() {
    local status=$?
    [ "$status" = 0 ] || fail "FAILED at \"${current:-start}\" after $SECONDS s"
    printf '\n%s: all steps passed in %s s\n' "$(basename "$0")" "$SECONDS"
}
trap report EXIT

# Two runs at once would take turns in the target folder and clean it under each other.
exec 9>"$OTEL_KIT_CACHE/lock"
flock -n 9 || { echo "gate: another run has the cache, waiting for it"; flock 9; }
