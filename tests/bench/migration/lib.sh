# shellcheck shell=bash disable=SC2034
# What `run` and `soak` share: a lab of three hosts with a network of vxland's and one of flood-and-learn, a guest
# and three probing endpoints in each, and one measured migration.
# shellcheck source=../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
HERE=$BENCH_HOME/migration
HOSTS=3
PORT=7007
FLOOD_PORT=4790

# The two arms: guest, bridge and the guest's address.
declare -A BRIDGE=([vxland]=br5001 [flood]=br777) NET=([vxland]=10.1.0 [flood]=10.2.0)

# tools : builds the programs into $WORK.
tools() {
  gcc -O2 -Wall -Wextra -static -pthread -o "$WORK/probe" "$HERE/probe.c"
  gcc -O2 -Wall -Wextra -o "$WORK/frames" "$HERE/frames.c"
}

netns() { printf '%s-h%s' "$LAB" "$1"; }
ns() { "$LAB_BIN/ns" --lab "$LAB" "$@"; }

# wait_for SECONDS WHAT COMMAND... : until the command succeeds. The pause is a read that can only time out.
exec {NAP}<> <(:)
pause() { read -r -t "$1" -u "$NAP" || true; }
wait_for() {
  local end=$((SECONDS + $1)) what=$2
  until "${@:3}" >/dev/null 2>&1; do
    ((SECONDS <= end)) || { printf '%s: gave up after %s s: %s\n' "$(basename "$0")" "$1" "$what" >&2; return 1; }
    pause 0.02
  done
}
now_us() { printf '%s' "${EPOCHREALTIME/[.,]/}"; }

vxland_network() {
  local index
  for ((index = 1; index <= HOSTS; index++)); do
    host "$index" virsh -q net-define /dev/stdin <<XML
<network>
  <name>blue</name>
  <metadata><vx:overlay xmlns:vx='urn:vxland:network:1' vni='5001' template='bridge'/></metadata>
  <forward mode='bridge'/>
  <bridge name='br5001'/>
</network>
XML
    host "$index" virsh -q net-start blue
    host "$index" virsh -q net-autostart blue
  done
}

# A bridge and a learning VXLAN device per host that replicates to the others: nothing else.
flood_network() {
  local index peer
  for ((index = 1; index <= HOSTS; index++)); do
    ip -n "$(netns "$index")" -batch - <<BATCH
link add br777 type bridge forward_delay 0 mcast_snooping 0
link add vx777 type vxlan id 777 dstport $FLOOD_PORT local 10.99.0.$index
link set vx777 mtu 1450 master br777 up
link set br777 mtu 1450 up
BATCH
    for ((peer = 1; peer <= HOSTS; peer++)); do
      [ "$peer" = "$index" ] ||
        bridge -n "$(netns "$index")" fdb append 00:00:00:00:00:00 dev vx777 dst "10.99.0.$peer"
    done
  done
}

# Endpoints `pvxland` and `pflood` on each host: .11 to .13.
endpoints() {
  local arm=$1 index
  for ((index = 1; index <= HOSTS; index++)); do
    ns "$index" "p$arm" --bridge "${BRIDGE[$arm]}" --mtu 1450 --ip "${NET[$arm]}.1$index/24"
  done
}

# boot ARM HOST : a fresh guest with the echo, and iperf3 where IPERF is set.
boot() {
  local arm=$1 index=$2 other
  for ((other = 1; other <= HOSTS; other++)); do
    host "$other" virsh -q destroy "g$arm" >/dev/null 2>&1 || true
    host "$other" virsh -q undefine "g$arm" >/dev/null 2>&1 || true
  done
  local source=(--bridge "${BRIDGE[$arm]}")
  [ "$arm" = flood ] || source=(--network blue)
  "$LAB_BIN/guest" --lab "$LAB" "$index" "g$arm" "${source[@]}" --ip "${NET[$arm]}.1/24" --mtu 1450
  "$LAB_BIN/wait-guest" --lab "$LAB" "$index" "g$arm"
  # All the probe needs inside: one static program, over the network.
  into_guest "$arm" "$index" "$WORK" probe
  # What waits in the tap comes at once, and a guest this small drops UDP beyond 10 MB of it (udp_mem, in pages).
  in_guest "$index" "$arm" "echo '16384 16384 16384' >/proc/sys/net/ipv4/udp_mem; /probe echo $PORT >/dev/null 2>&1 &"
  [ -z "${IPERF:-}" ] || iperf_into_guest "$arm" "$index"
  RUNS_ON[$arm]=$index
}
declare -A RUNS_ON=()
in_guest() { "$LAB_BIN/in-guest" --lab "$LAB" "$1" "g$2" "${@:3}"; }

# into_guest ARM HOST DIRECTORY FILE... : unpacked at its root. The listener is made once a guest.
into_guest() {
  local arm=$1 index=$2 directory=$3
  # One line: the guest takes a command a line.
  local script='#!/bin/sh\ntar xf - -C / && echo unpacked\n'
  in_guest "$index" "$arm" "[ -e /unpack ] || { printf '$script' >/unpack; chmod +x /unpack; nc -ll -p 7000 -e /unpack & }"
  wait_for 20 "the guest g$arm on h$index takes files" sent_to_guest "$arm" "$index" "$directory" "${@:4}"
}
sent_to_guest() {
  tar cf - -C "$3" --dereference "${@:4}" | ns "$2" "p$1" -- timeout 20 busybox nc "${NET[$1]}.1" 7000 | grep -q unpacked
}

# iperf3 of this machine with the libraries that it is linked to.
iperf_into_guest() {
  local arm=$1 index=$2 files=()
  mapfile -t files < <({ command -v iperf3; ldd "$(command -v iperf3)" | grep -o '/[^ ]*'; } | sed 's,^/,,')
  into_guest "$arm" "$index" / "${files[@]}"
  in_guest "$index" "$arm" 'iperf3 -s >/dev/null 2>&1 &'
  wait_for 20 "iperf3 in g$arm listens" in_guest "$index" "$arm" 'netstat -ltn | grep -q :5201'
}

# watchers : for each host QEMU's own times of STOP and RESUME, in microseconds since 1970, in $WORK/events.I as
# `EVENT TIME DOMAIN`. Where $WORK/hold has `DOMAIN PIDFILE MS`, that QEMU (the destination's) is stopped by
# SIGSTOP at the STOP of the source, and goes on so that the pause lasts MS at least.
watchers() {
  local index
  for ((index = 1; index <= HOSTS; index++)); do
    : >"$WORK/events.$index"
    (
      trap - EXIT INT TERM
      "$LAB_BIN/host" --lab "$LAB" "$index" stdbuf -oL \
        virsh -q qemu-monitor-event --loop --regex --event '^(STOP|RESUME)$' |
        while read -r _ event _ time _ _ domain _; do
          time=${time/./} domain=${domain//[\':]/}
          [ "$event" != STOP ] || hold "$domain" "$time"
          printf '%s %s %s\n' "$event" "$time" "$domain" >>"$WORK/events.$index"
        done
    ) 2>>"$WORK/watchers.said" &
  done
}
# What QEMU needs from SIGCONT to RESUME, less than which a pause cannot be: the hold ends that much earlier.
LOAD_US=15000
hold() {
  local domain file ms pid left
  read -r domain file ms 2>/dev/null <"$WORK/hold" || return 0
  [ "$domain" = "$1" ] || return 0
  pid=$(<"$file") || return 0
  kill -STOP "$pid" || return 0
  printf '%s\n' $(($(now_us) - $2)) >"$WORK/held"
  while left=$(($2 + ms * 1000 - LOAD_US - $(now_us))) && ((left > 0)); do
    pause "$(printf '%d.%06d' $((left / 1000000)) $((left % 1000000)))"
  done
  kill -CONT "$pid"
}
# event EVENT HOST ARM SINCE : its time, the first since then.
event() {
  awk -v event="$1" -v domain="g$3" -v since="$4" \
    '$1 == event && $3 == domain && $2 >= since { print $2; found = 1; exit } END { exit !found }' "$WORK/events.$2"
}

tap_of() { ip -n "$(netns "$1")" -o link show master "${BRIDGE[$2]}" | grep -o 'vnet[0-9]*' | head -n 1; }

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

# reached ARM : from every host's endpoint.
reached() {
  local index
  for ((index = 1; index <= HOSTS; index++)); do answers "$index" "$1" >/dev/null || return 1; done
}
answers() { ns "$1" "p$2" -- ping -q -c 1 -W 1 "${NET[$2]}.1"; }

# measured COMMAND ARM NEXT-HOST-FUNCTION ... : repeats a run in which QEMU broke the guest; the next host is asked for
# each time, in NEXT. After BROKEN_LIMIT broken guests it gives up.
BROKEN=0
measured() {
  local status
  while :; do
    "$3" "$2"
    if "$1" "$2" "$NEXT" "${@:4}"; then return 0; else status=$?; fi
    [ $status = 2 ] || die "migration of g$2 to h$NEXT failed: $(<"$WORK/migrate.said")"
    BROKEN=$((BROKEN + 1))
    echo "a guest broken by QEMU, $BROKEN so far: $WHY" >&2
    [ $BROKEN -le "$BROKEN_LIMIT" ] || die "more than $BROKEN_LIMIT guests were broken"
    boot "$2" 1
  done
}

# role HOST SOURCE DESTINATION
role() { case $1 in "$2") echo source ;; "$3") echo destination ;; *) echo third ;; esac; }

# broken ARM OFFSET : what QEMU without KVM does to a guest now and then shows on its console, from OFFSET on; sets WHY.
broken() {
  WHY=$(tail -c "+$(($2 + 1))" "/run/vxland-lab/$LAB/console/g$1.log" |
    grep -aoE -m 1 '.*(is not a head|soft lockup|rcu.*stall|Kernel panic|BUG:|NETDEV WATCHDOG).*') && return 0
  WHY="${3:-}"
  return 1
}
console_size() { stat -c %s "/run/vxland-lab/$LAB/console/g$1.log"; }

qemu_pid_file() { printf '/proc/%s/root/run/libvirt/qemu/g%s.pid' "$(<"/run/vxland-lab/$LAB/h$1/init.pid")" "$2"; }

# migrate ARM DESTINATION FORCED-MS : where a pause is forced, QEMU's own is kept short (it may take 300 ms by default,
# and takes what it may). Sets MIGRATE_S, STOPPED, RESUMED, DOWNTIME and RUNS_ON; false
# when virsh failed.
migrate() {
  local arm=$1 from=${RUNS_ON[$1]} to=$2 since
  rm -f "$WORK/held" "$WORK/hold"
  if [ "$3" != 0 ]; then
    printf '%s %s %s\n' "g$arm" "$(qemu_pid_file "$to" "$arm")" "$3" >"$WORK/hold.new"
    mv "$WORK/hold.new" "$WORK/hold"
  fi
  host "$from" virsh -q migrate-setmaxdowntime "g$arm" "$([ "$3" = 0 ] && echo 300 || echo 20)" >/dev/null || return 1
  since=$(now_us)
  timeout 90 "$LAB_BIN/host" --lab "$LAB" "$from" virsh -q migrate --live "g$arm" \
    "qemu+tcp://10.98.0.$to/system" "tcp://10.98.0.$to" 2>"$WORK/migrate.said" || return 1
  MIGRATE_S=$(awk -v us=$(($(now_us) - since)) 'BEGIN { printf "%.2f", us / 1e6 }')
  rm -f "$WORK/hold"
  RUNS_ON[$arm]=$to
  wait_for 5 "QEMU's events of the migration" events_there "$from" "$to" "$arm" "$since" || return 1
  STOPPED=$(event STOP "$from" "$arm" "$since")
  RESUMED=$(event RESUME "$to" "$arm" "$since")
  DOWNTIME=$(host "$to" virsh domjobinfo "g$arm" --completed | awk '/^Total downtime:/ { print $3 }')
}
events_there() { event STOP "$1" "$3" "$4" && event RESUME "$2" "$3" "$4"; }

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
  if [ $status = 0 ]; then RESULT=$(result "$last" "$arm" "$3" "$from" "$to" "$since"); fi
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
  printf '{"arm":"%s","forced_ms":%s,"from":%s,"to":%s,"downtime_ms":%s,"pause_ms":%s,"migrate_s":%s,"held_after_ms":%s,"captured":%s,"at":%s,"probes":{%s}}\n' \
    "$arm" "$3" "$from" "$to" "$DOWNTIME" "$(ms $((RESUMED - STOPPED)))" "$MIGRATE_S" \
    "$(if [ -s "$WORK/held" ]; then ms "$(<"$WORK/held")"; else echo null; fi)" \
    "$(if [ "$(<"$last/destination.pcap.since")" -lt "$STOPPED" ]; then echo true; else echo false; fi)" "$STOPPED" "$objects"
}
ms() { awk -v us="$1" 'BEGIN { printf "%.1f", us / 1000 }'; }

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

# keep_captures DIRECTORY NAME : of the last run; the excerpt is of the third host's probe, times from QEMU's STOP.
keep_captures() {
  local tap third=$((6 - $(jq .from <<<"$RESULT") - $(jq .to <<<"$RESULT")))
  for tap in source destination; do cp "$WORK/last/$tap.pcap" "$1/$2-$tap.pcap"; done
  awk -v id="$third" -v stopped="$STOPPED" -v resumed="$RESUMED" -f "$HERE/excerpt.awk" "$WORK/last/lost" \
    "$WORK/last/frames" <(sort -n "$WORK/last/probe.$third") >"$1/$2.txt"
}

# bench_up [OPTION...] : lab, tools, watchers; all gone when the script ends.
bench_up() {
  WORK=$(mktemp -d)
  chmod 755 "$WORK"
  LAB=${BENCH_LAB:-benchmig}
  trap 'bench_down' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  tools
  "$LAB_BIN/up" "$HOSTS" --lab "$LAB" "$@"
  watchers
}
bench_down() {
  [ -z "${SAVE:-}" ] || cp -r "/run/vxland-lab/$LAB/log" "$SAVE"
  "$LAB_BIN/down" --lab "$LAB"
  # What was in the hosts ended with them.
  wait
  rm -rf "$WORK"
}
arm_up() {
  "$1_network"
  endpoints "$1"
  boot "$1" 1
}
