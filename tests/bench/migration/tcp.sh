# shellcheck shell=bash disable=SC2034
# A migration under a TCP stream. Needs lib.sh, migrate.sh and probes.sh.

# tcp_migration ARM DESTINATION in|out : an iperf3 stream (small writes, so that it is even) between the guest and a third host's endpoint, until it flows
# again after the migration. RESULT and exit code as of probed_migration.
tcp_migration() {
  local arm=$1 to=$2 from=${RUNS_ON[$1]} third offset client stream status=0 reverse=() why='' before size
  local last=$WORK/last
  rm -rf "$last" && mkdir "$last"
  third=$((6 - from - to))
  offset=$(console_size "$arm")
  capture "$last/stream.pcap" "$(netns "$third")-p$arm" eth0 96
  stream=$CAPTURE
  [ "$3" = in ] || reverse=(-R)
  before=$(retransmitted "$arm" "$from" "$third" "$3")
  "$LAB_BIN/ns" --lab "$LAB" "$third" "p$arm" -- \
    iperf3 -J -c "${NET[$arm]}.1" -l 4K -b "$TCP_RATE" -t 300 "${reverse[@]}" >"$last/iperf.json" 2>&1 &
  client=$!
  wait_for 10 "the stream flows" more_than "$last/stream.pcap" 50000 || status=2 why="no stream before"
  if [ $status = 0 ]; then
    migrate "$arm" "$to" 0 || status=1
    size=$(stat -c %s "$last/stream.pcap")
    wait_for 20 "the stream flows again" more_than "$last/stream.pcap" $((size + 100000)) ||
      [ $status != 0 ] || status=2 why="no stream after"
  fi
  kill -INT "$client" 2>/dev/null || true
  wait "$client" || true
  [ -z "$why" ] || why+=" ($(jq -c '.error // empty' "$last/iperf.json" 2>&1))"
  kill "$stream"
  wait "$stream" || true
  ! broken "$arm" "$offset" "$why" || status=2
  [ $status = 0 ] || return $status
  local stalled after
  stalled=$("$WORK/frames" stall "$last/stream.pcap" "${NET[$arm]}.1" "$STOPPED") || return 1
  after=$(retransmitted "$arm" "$to" "$third" "$3")
  RESULT=$(jq -nc --arg arm "$arm" --arg direction "$3" --argjson from "$from" --argjson to "$to" \
    --argjson downtime "$DOWNTIME" --argjson pause "$(ms $((RESUMED - STOPPED)))" --argjson stall "${stalled% *}" \
    --argjson began "$(ms $((${stalled#* } - STOPPED)))" --argjson retransmits $((after - before)) \
    '{arm: $arm, direction: $direction, from: $from, to: $to, downtime_ms: $downtime, pause_ms: $pause, stall_ms: $stall,
      stall_begins_ms: $began, retransmits: $retransmits}')
}
# retransmitted ARM HOST THIRD in|out : segments that the sender's kernel has sent again so far.
retransmitted() {
  local read=(ns "$3" "p$1" -- cat /proc/net/snmp)
  [ "$4" = in ] || read=(in_guest "$2" "$1" cat /proc/net/snmp)
  "${read[@]}" | awk '/^Tcp: [0-9]/ { print $13 }'
}
more_than() { [ "$(stat -c %s "$1")" -gt "$2" ]; }
