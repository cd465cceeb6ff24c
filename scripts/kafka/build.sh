#!/usr/bin/env bash
# Fetches Apache Kafka of pom.xml from Maven Central and prints the folder of its jars, and nothing else, on stdout.
# The folder is in the cache under a name made from the manifest: fetched once (56 MB), again when that changes.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
plugin=org.apache.maven.plugins:maven-dependency-plugin:3.8.1

fail() {
    echo "kafka: $*" >&2
    exit 1
}

cache=${OTEL_KIT_CACHE:-$HOME/.cache/otel-kit}
jars=$cache/kafka/jars-$(sha256sum <"$here/pom.xml" | cut -c1-12)
if [ ! -d "$jars" ]; then
    command -v mvn >/dev/null || fail "Maven is missing (Debian: apt-get install maven)"
    mkdir -p "$cache/kafka"
    work=$(mktemp -d "$cache/kafka/fetch.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    echo "kafka: fetching" >&2
    mvn -q -B -f "$here/pom.xml" "$plugin:copy-dependencies" -DincludeScope=runtime -DoutputDirectory="$work/jars" >&2 ||
        fail "Maven could not fetch the jars"
    mv "$work/jars" "$jars" # at once, so that no one starts half a broker
fi
echo "$jars"
