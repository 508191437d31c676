# shellcheck shell=bash disable=SC2034,SC2004
# One migration, and when QEMU stopped and resumed the guest. Needs lib.sh and guests.sh.

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
