#!/usr/bin/env bash
# grouping.sh: the same failures in builds of every kind, and the groups that they fall into. Whoever has an error in a
# debug build and in production looks for one group, not for two.
set -euo pipefail
cd "$(dirname "$0")/../tests/grouping"

export CARGO_TARGET_DIR=${OTEL_KIT_CACHE:-$HOME/.cache/otel-kit}/grouping
export RUST_LIB_BACKTRACE=1 # reports of anyhow bring theirs along
results=$CARGO_TARGET_DIR/results

# groups NAME PROFILE [ARGUMENT...]: what the program prints that cargo builds with these arguments.
groups() {
    cargo build --quiet --locked --profile "$2" "${@:3}"
    groups_of "$1" "$CARGO_TARGET_DIR/${2/#dev/debug}/grouping"
}

groups_of() {
    "$2" >"$results/$1"
    echo "$1: $(tail -n +2 "$results/$1" | wc -l) shapes, $(sed 1q "$results/$1")"
}

fail() {
    echo "grouping: $*" >&2
    exit 1
}

# same NAME COLUMNS OTHER: these columns are equal in both.
same() {
    diff <(columns "$1" "$2") <(columns "$3" "$2") || fail "$1 and $3 differ"
}

columns() {
    tail -n +2 "$results/$1" | cut -d ' ' -f "$2"
}

# level NAME START WORD...: the line at the start begins so, and groups rest on nothing but this.
level() {
    sed 1q "$results/$1" | grep -q "^exceptions are grouped by $2" || fail "$1 does not say what it is good for"
    ! columns "$1" 2 | grep -vxE "$3" || fail "$1: groups rest on something else"
}

rm -rf "$results"
mkdir -p "$results"
groups debug dev
groups limited limited
groups moved limited --features moved
groups lto lto
groups v0 v0 --config 'build.rustflags = ["-Csymbol-mangling-version=v0"]'
groups default release
strip --strip-all -o "$CARGO_TARGET_DIR/grouping-stripped" "$CARGO_TARGET_DIR/release/grouping" # as `strip = true` does
groups_of stripped "$CARGO_TARGET_DIR/grouping-stripped"

level debug "the functions" "frames|place"
for other in limited moved lto v0; do
    same debug 1-4 "$other"
done

# Without debug information only the place is left.
level default "the place" "place"
level stripped "the place" "place"
same default 1-4 stripped
same debug 1,4 default

# Two causes are never one group, and two ways to one cause (behind the slash) are.
shapes=$(columns debug 1,3 | sed 's#/[^ ]*##' | sort -u)
twice=$(cut -d ' ' -f 1 <<<"$shapes" | uniq -d)
[ -z "$twice" ] || fail "one cause, several groups: $twice"
twice=$(cut -d ' ' -f 2 <<<"$shapes" | sort | uniq -d)
[ -z "$twice" ] || fail "several causes, one group: $(grep -F "$twice" <<<"$shapes")"
echo "grouping: $(wc -l <<<"$shapes") causes, the same groups in every build"
