# shellcheck shell=bash disable=SC2034
# What every command of the lab shares: names, places, locking and waiting.
#
# Everything a lab makes can be found again from its name alone, so that `down` works after a crash:
#   /run/vxland-lab/LAB/       state, logs, each host's writable files
#   /run/vxland-lab/LAB.lock   held by `up` and `down`
#   /run/netns/LAB-*           LAB-underlay, LAB-hI (hosts), LAB-hI-NAME (endpoints of `ns`)
# Devices and mounts exist inside those namespaces only and go with them. A process belongs to the
# lab when its network namespace does.

set -euo pipefail

LAB_HOME=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
LAB_REPO=$(cd "$LAB_HOME/../.." && pwd)
LAB_RUN=/run/vxland-lab
LAB_CACHE=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/vxland-lab
LAB=${VXLAND_LAB:-vxlab}

die() {
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit 1
}

# Called once the command line has been read. A name without '-' makes `LAB-*` unambiguous.
lab_names() {
  [[ $LAB =~ ^[a-z][a-z0-9]{0,15}$ ]] ||
    die "lab name '$LAB': 1 to 16 of a-z and 0-9, beginning with a letter"
  [ "$(id -u)" = 0 ] || die "needs root: network and mount namespaces"
  STATE=$LAB_RUN/$LAB
  LOGS=$STATE/log
}

netns_of() { printf '%s-h%s' "$LAB" "$1"; }

# wait_for SECONDS WHAT COMMAND... : runs COMMAND until it succeeds, 20 times a second; fails after
# SECONDS. The pause is a read that can only time out: a pipe that this shell alone holds open.
wait_for() {
  local bound=$1 what=$2 end nap
  shift 2
  end=$((SECONDS + bound))
  exec {nap}<> <(:)
  until "$@" >/dev/null 2>&1; do
    if ((SECONDS > end)); then
      exec {nap}>&-
      printf '%s: gave up after %s s: %s\n' "$(basename "$0")" "$bound" "$what" >&2
      return 1
    fi
    read -r -t 0.05 -u "$nap" || true
  done
  exec {nap}>&-
}

# Takes the lab's lock into descriptor LOCK_FD. `down` removes the file, so a lock on a file that is
# no longer the one of that name is no lock: try again.
lab_lock() {
  local file=$LAB_RUN/$LAB.lock
  while :; do
    mkdir -p "$LAB_RUN"
    exec {LOCK_FD}<>"$file" || continue
    flock -w 120 "$LOCK_FD" || die "lab $LAB: another up or down holds $file for 120 s"
    [ "$file" -ef "/proc/self/fd/$LOCK_FD" ] && return
    exec {LOCK_FD}>&-
  done
}

# Pids of all processes in the network namespaces given by name.
pids_in() {
  local name link id
  local -A wanted=()
  for name in "$@"; do
    [ -e "/run/netns/$name" ] && id=$(stat -Lc %i "/run/netns/$name") && wanted["net:[$id]"]=1
  done
  ((${#wanted[@]})) || return 0
  for link in /proc/[0-9]*/ns/net; do
    id=$(readlink "$link" 2>/dev/null) || continue
    [ -z "${wanted[$id]:-}" ] || { link=${link#/proc/}; printf '%s\n' "${link%%/*}"; }
  done
}

# Names of the lab's network namespaces that are there.
lab_netns() {
  local path
  for path in /run/netns/"$LAB"-*; do
    [ -e "$path" ] && printf '%s\n' "${path##*/}"
  done
  return 0
}

# Checks the host's number and that its first process lives; sets HOST_INDEX, HOST_DIR, HOST_PID.
use_host() {
  [[ ${1:-} =~ ^[1-9][0-9]?$ ]] || die "host '${1:-}': expected a number from 1"
  HOST_INDEX=$1
  HOST_DIR=$STATE/h$1
  [ -r "$HOST_DIR/init.pid" ] || die "lab $LAB has no host $1: tests/lab/up starts one"
  HOST_PID=$(<"$HOST_DIR/init.pid")
  [ "/proc/$HOST_PID/ns/net" -ef "/run/netns/$(netns_of "$1")" ] ||
    die "host $1 of lab $LAB is dead (process $HOST_PID): tests/lab/down, then up"
}

# Runs a command in the host chosen by use_host.
in_host() { nsenter -t "$HOST_PID" -m -n -u -- "$@"; }

# service_start NAME COMMAND... : starts a process in the host as a child of its first process, so
# that what it leaves behind is reaped there. Output is appended to log/hI-NAME.log.
service_start() {
  local name=$1
  shift
  rm -f "$HOST_DIR/$name.pid"
  printf '%s %s\n' "$name" "$(printf '%q ' "$@")" >"$HOST_DIR/agent"
  wait_for 60 "h$HOST_INDEX: $name is started" test -s "$HOST_DIR/$name.pid"
}

# Prints the pid of a service; fails when it does not run.
service_pid() {
  local pid
  [ -s "$HOST_DIR/$1.pid" ] || return 1
  pid=$(<"$HOST_DIR/$1.pid")
  # A pid can be used again, a zombie keeps it: only a process in the host's namespace counts.
  [ "/proc/$pid/ns/net" -ef "/run/netns/$(netns_of "$HOST_INDEX")" ] || return 1
  printf '%s\n' "$pid"
}

service_gone() { ! service_pid "$1" >/dev/null; }

# service_stop NAME SIGNAL SECONDS : sends the signal and waits; no such process is success.
service_stop() {
  local pid
  pid=$(service_pid "$1") || return 0
  kill -s "$2" "$pid"
  wait_for "$3" "h$HOST_INDEX: $1 ($pid) ends after SIG$2" service_gone "$1"
  rm -f "$HOST_DIR/$1.pid"
}
