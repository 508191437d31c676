# shellcheck shell=bash disable=SC2034,SC2086
# A migration under probes from three hosts, and captures on both taps. Needs lib.sh and migrate.sh.

# capture FILE NETNS DEVICE [BYTES] : tcpdump until it is ended; CAPTURE is its process. Immediate, or what the kernel
# has not handed over yet is lost when the source's tap goes, and it is the pause that is lost.
capture() {
  ip netns exec "$2" tcpdump -q -n -U --immediate-mode -B 8192 -s "${4:-64}" -i "$3" -w "$1" ip 2>"$1.said" &
  CAPTURE=$!
  wait_for 5 "tcpdump on $3 of $2 listens" grep -q 'listening on' "$1.said"
}
# capture_when_there FILE HOST ARM : from the moment the arriving guest's tap is there.
capture_when_there() {
  trap - EXIT INT TERM
  local tap='' end=$((SECONDS + 20))
  until tap=$(tap_of "$2" "$3") && [ -n "$tap" ]; do
    ((SECONDS < end)) || return 1
    pause 0.005
  done
  capture "$1" "$(netns "$2")" "$tap"
  now_us >"$1.since"
  printf '%s' "$CAPTURE" >"$1.pid"
}

# role HOST SOURCE DESTINATION
role() { case $1 in "$2") echo source ;; "$3") echo destination ;; *) echo third ;; esac; }

# probed_migration ARM DESTINATION FORCED-MS : three probes, one from each host, and captures on both taps. Leaves
# RESULT (JSON) and the files of the run in $WORK/last; 0 ok, 2 a guest that QEMU broke, 1 anything else.
probed_migration() {
  local arm=$1 to=$2 from=${RUNS_ON[$1]} index since offset watcher status=0 probes=()
  local last=$WORK/last why=''
  rm -rf "$last" && mkdir "$last"
  offset=$(console_size "$arm")
  capture "$last/source.pcap" "$(netns "$from")" "$(tap_of "$from" "$arm")"
  local source_capture=$CAPTURE
  for ((index = 1; index <= HOSTS; index++)); do
    "$LAB_BIN/ns" --lab "$LAB" "$index" "p$arm" -- \
      "$WORK/probe" send "${NET[$arm]}.1" $PORT "$index" "$INTERVAL" "$last/probe.$index" >"$last/said.$index" &
    probes+=($!)
  done
  for ((index = 1; index <= HOSTS; index++)); do
    wait_for 10 "probe $index is answered" grep -q answered "$last/said.$index" || status=2 why="no probe answered before"
  done
  since=$(now_us)
  capture_when_there "$last/destination.pcap" "$to" "$arm" &
  watcher=$!
  if [ $status = 0 ]; then
    migrate "$arm" "$to" "$3" || status=1
    wait_for 10 "guest answers" answers "$to" "$arm" || [ $status != 0 ] || status=2 why="no answer after"
  fi
  kill "${probes[@]}" 2>/dev/null || true
  wait "${probes[@]}" || true
  wait "$watcher" || true
  [ ! -s "$last/destination.pcap.pid" ] || kill "$(<"$last/destination.pcap.pid")" || true
  # It ends by itself when the tap goes.
  kill "$source_capture" 2>/dev/null || true
  wait "$source_capture" || true
  ! broken "$arm" "$offset" "$why" || status=2
  if [ $status = 0 ]; then
    RESULT=$(result "$last" "$arm" "$3" "$from" "$to" "$since")
    # The probe on its own host has no network between; and that ping was answered.
    if jq -e '.probes | map(.answered_after) | add == 0' <<<"$RESULT" >/dev/null; then
      status=2 WHY="it answers ping, its echo answers nobody after resume"
    fi
  fi
  return $status
}

# result DIRECTORY ARM FORCED-MS FROM TO SINCE
result() {
  local last=$1 arm=$2 from=$4 to=$5 since=$6 index objects=''
  "$WORK/frames" probes "source=$last/source.pcap" "destination=$last/destination.pcap" >"$last/frames"
  for ((index = 1; index <= HOSTS; index++)); do
    sort -n -k 3,3 "$last/probe.$index" >"$last/sorted"
    objects+="${objects:+,}\"$(role "$index" "$from" "$to")\":$(awk -v id="$index" -v since="$since" -v stopped="$STOPPED" \
      -v resumed="$RESUMED" -v lost_list="$last/lost" -f "$HERE/classify.awk" "$last/frames" "$last/sorted")"
  done
  printf '{"arm":"%s","forced_ms":%s,"from":%s,"to":%s,"downtime_ms":%s,"pause_ms":%s,"migrate_s":%s,"held_after_ms":%s,"captured":%s,"at":%s,"reaction_ms":%s,"probes":{%s}}\n' \
    "$arm" "$3" "$from" "$to" "$DOWNTIME" "$(ms $((RESUMED - STOPPED)))" "$MIGRATE_S" \
    "$(if [ -s "$WORK/held" ]; then ms "$(<"$WORK/held")"; else echo null; fi)" \
    "$(if [ "$(<"$last/destination.pcap.since")" -lt "$STOPPED" ]; then echo true; else echo false; fi)" "$STOPPED" "$(reaction "$arm" "$from")" "$objects"
}

# reaction ARM SOURCE : ms from libvirt's event to the acknowledgement of the redirect, as the source's daemon says; null
# where there is none.
reaction() {
  case $1 in vxland | ovs) ;; *) echo null && return ;; esac
  host "$2" curl -q -s -f --unix-socket /run/vxland/api.sock http://localhost/v1/migrations |
    jq --arg vm "g$1" '[.migrations[] | select(.domain == $vm and .role == "source")] | last | .cards[0].reactionMs
      | if . == 0 then null else . end' || echo null
}

# keep_captures DIRECTORY NAME : of the last run; the excerpt is of the third host's probe, times from QEMU's STOP.
keep_captures() {
  local tap third=$((6 - $(jq .from <<<"$RESULT") - $(jq .to <<<"$RESULT")))
  for tap in source destination; do cp "$WORK/last/$tap.pcap" "$1/$2-$tap.pcap"; done
  awk -v id="$third" -v stopped="$STOPPED" -v resumed="$RESUMED" -f "$HERE/excerpt.awk" "$WORK/last/lost" \
    "$WORK/last/frames" <(sort -n "$WORK/last/probe.$third") >"$1/$2.txt"
}
