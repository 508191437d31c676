# shellcheck shell=bash disable=SC2034,SC2153
# The guests: booting one, what is put into it, whether it is well. Needs lib.sh.

# boot ARM HOST : a fresh guest with the echo, and iperf3 where IPERF is set.
boot() {
  local arm=$1 index=$2 other
  for ((other = 1; other <= HOSTS; other++)); do
    host "$other" virsh -q destroy "g$arm" >/dev/null 2>&1 || true
    host "$other" virsh -q undefine "g$arm" >/dev/null 2>&1 || true
  done
  local plug
  read -ra plug <<<"${PLUG[$arm]}"
  "$LAB_BIN/guest" --lab "$LAB" "$index" "g$arm" "${plug[@]}" --mac "${MAC[$arm]}" --ip "${NET[$arm]}.1/24" --mtu 1450
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

# reached ARM : from every host's endpoint.
reached() {
  local index
  for ((index = 1; index <= HOSTS; index++)); do answers "$index" "$1" >/dev/null || return 1; done
}
answers() { ns "$1" "p$2" -- ping -q -c 1 -W 1 "${NET[$2]}.1"; }

# broken ARM OFFSET : what QEMU without KVM does to a guest now and then shows on its console, from OFFSET on; sets WHY.
broken() {
  WHY=$(tail -c "+$(($2 + 1))" "/run/vxland-lab/$LAB/console/g$1.log" |
    grep -aoE -m 1 '.*(is not a head|soft lockup|rcu.*stall|Kernel panic|BUG:|NETDEV WATCHDOG).*') && return 0
  WHY="${3:-}"
  return 1
}
console_size() { stat -c %s "/run/vxland-lab/$LAB/console/g$1.log"; }
