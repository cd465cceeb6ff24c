#!/usr/bin/env bash
# Starts an empty Apache Kafka (KRaft, one node) on 127.0.0.1 until the input ends, fetched first where needed.
# Prints its address and its process when it answers.
set -euo pipefail
. "$(dirname "$0")/../service.sh"

command -v java >/dev/null || fail "Java is missing (Debian: apt-get install default-jre-headless)"
here=$(cd "$(dirname "$0")" && pwd)
jars=$("$here/build.sh")
port=${KAFKA_PORT:-9092}
controller_port=${KAFKA_CONTROLLER_PORT:-9093}
sed "s#@FOLDER@#$folder#;s#@PORT@#$port#g;s#@CONTROLLER_PORT@#$controller_port#g" \
    "$here/server.properties.in" >"$folder/server.properties"

# Quick to start, and small: it serves for seconds.
kafka() {
    exec java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx256m -Dorg.slf4j.simpleLogger.defaultLogLevel=warn \
        -cp "$jars/*" "$@"
}
(kafka kafka.tools.StorageTool format --cluster-id MkU3OEVBNTcwNTJENDM2Qk --config "$folder/server.properties") \
    >"$log" 2>&1 || fail "could not format its storage: $(cat "$log")"
serve kafka kafka.Kafka "$folder/server.properties"
reachable() {
    (exec 3<>"/dev/tcp/127.0.0.1/$port")
}
when_ready "127.0.0.1:$port" reachable
