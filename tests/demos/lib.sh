# shellcheck shell=bash disable=SC2034,SC2086,SC2154
# What the demos share. They are sourced by tests/demo, which sets here, repo, story, keep and again.
lab=vxdemo$story
mac_alice=52:54:00:00:00:0a mac_bob=52:54:00:00:00:0b

bold='' plain=''
if [ -t 1 ]; then bold=$'\e[1m' plain=$'\e[0m'; fi

fail() {
  printf '\ndemo: FAILED: %s\n' "$*" >&2
  exit 1
}
chapter() { printf '\n%s%s%s\n' "$bold" "$*" "$plain"; }
say() { printf '%s\n' "$@"; }

# type_on HOST COMMAND : shows the command as a person would type it, runs it on the host, and shows
# what it prints; keeps that in $output. A command that fails ends the demo.
type_on() {
  printf '%sh%s# %s%s\n' "$bold" "$1" "$2" "$plain"
  output=$(on "$1" "$2") || { printf '%s\n' "$output" && fail "h$1: $2"; }
  show
}
# type_in HOST VM COMMAND : the same in a VM, over its serial console.
type_in() {
  printf '%s%s# %s%s\n' "$bold" "$2" "$3" "$plain"
  output=$(inside "$1" "$2" "$3") || { printf '%s\n' "$output" && fail "$2: $3"; }
  show
}
show() { [ -z "$output" ] || printf '%s\n' "$output"; }
on() { "$here/lab/host" --lab $lab "$1" sh -c "cd /run && $2"; }
inside() { "$here/lab/in-guest" --lab $lab --bound 60 "$@"; }
# expect TEXT WHAT : $output must have the text.
expect() { [[ $output == *"$1"* ]] || fail "$2: expected '$1'"; }

# wait_until SECONDS WHAT COMMAND...
wait_until() {
  local end=$((SECONDS + $1)) what=$2 nap
  shift 2
  exec {nap}<> <(:)
  until "$@" >/dev/null 2>&1; do
    ((SECONDS <= end)) || fail "waited in vain: $what"
    read -r -t 0.1 -u "$nap" || true
  done
  exec {nap}>&-
}

# A VM as the lab makes it, with the network's MTU on its card, for the guest to take over.
vm() { # HOST NAME NETWORK MAC ADDRESS
  "$here/lab/guest" --lab $lab "$1" "$2" --network "$3" --mac "$4" --ip "$5" --define-only
  on "$1" "virsh dumpxml --inactive $2 | sed \"s|<model type='virtio'/>|&<mtu size='1450'/>|\" > $2.xml &&
    virsh -q define $2.xml"
}

replies=/run/vxland-lab/$lab/replies
count() { wc -l <$replies; }
at_least() { [ "$(count)" -ge "$1" ]; }
# move_bob_to_h3 : from h2, while alice pings him 20 times a second.
move_bob_to_h3() {
  local tap sent received gap
  tap=$(on 1 "virsh -q domiflist alice" | awk 'NR == 1 { print $1 }')
  printf '%sh1# tcpdump -tt -n -i %s "icmp[icmptype] == icmp-echoreply" > replies &%s\n' "$bold" "$tap" "$plain"
  "$here/lab/host" --lab $lab 1 tcpdump -tt -n -l -i "$tap" 'icmp[icmptype] == icmp-echoreply' \
    >$replies 2>$replies.err &
  pcap=$!
  wait_until 10 "tcpdump listens" grep -q "listening on" $replies.err
  type_in 1 alice "ping -i 0.05 10.1.0.2 > pings 2>&1 & echo \$! > ping.pid"
  wait_until 20 "alice gets answers before the migration" at_least 40
  type_on 2 "virsh -q migrate --live bob qemu+tcp://h3/system tcp://10.98.0.3"
  wait_until 20 "alice gets answers after the migration" at_least $(($(count) + 60))
  type_in 1 alice "kill -INT \$(cat ping.pid); tail -n 3 pings"
  sent=$(sed -n 's/\([0-9]*\) packets transmitted.*/\1/p' <<<"$output")
  received=$(sed -n 's/.* \([0-9]*\) packets received.*/\1/p' <<<"$output")
  if [ -z "$sent" ] || [ -z "$received" ]; then fail "alice's ping ended without its statistics"; fi
  kill $pcap
  wait $pcap || true
  pcap=''
  gap=$(awk 'NR > 1 { d = $1 - last; if (d > max) max = d } { last = $1 } END { printf "%d", max * 1000 }' $replies)
  type_on 2 "virsh -q list --name"
  [ -z "$output" ] || fail "bob is still on h2"
  type_on 3 "virsh -q list --name"
  expect "bob" "the VMs of h3"
  [ "$(grep -c 'lab: bob is ready' /run/vxland-lab/$lab/console/bob.log)" = 1 ] || fail "bob has rebooted"
  say "" "bob is on h3 and has not rebooted. Sent: $sent, answered: $received; the longest time without an answer" \
    "was $gap ms, the time in which QEMU had stopped him on h2 and not yet resumed him on h3 included."
}

# leave_if_kept : with --keep, this is the end.
leave_if_kept() {
  [ "$keep" = yes ] || return 0
  started=no
  chapter "Everything has happened, in $((SECONDS - begin)) s, and is left in place"
  say "A command on a host:     tests/lab/host --lab $lab 1 vxctl status" \
    "A shell on a host:       tests/lab/host --lab $lab 1 bash" \
    "A command in a VM:       tests/lab/in-guest --lab $lab 1 alice ping -c 1 10.1.0.2" \
    "                         tests/lab/in-guest --lab $lab 3 bob ip address" \
    "Another migration:       tests/lab/host --lab $lab 3 virsh migrate --live bob qemu+tcp://h2/system tcp://10.98.0.2" \
    "What a daemon wrote:     tests/lab/daemon --lab $lab 1 log" \
    "The end:                 tests/lab/down --lab $lab"
  exit 0
}

take_down() {
  "$here/lab/down" --lab $lab
  started=no
  [ ! -e /run/vxland-lab/$lab ] || fail "/run/vxland-lab/$lab is left"
  ! ip netns list | grep -q "^$lab-" || fail "network namespaces of the lab are left"
  chapter "Everything has happened, in $((SECONDS - begin)) s"
}

package() {
  local rpm newest=''
  for rpm in "$repo"/rpm/target/vxland-*.noarch.rpm; do
    [ ! -e "$rpm" ] || [ "$rpm" -ot "${newest:-/dev/null/none}" ] || newest=$rpm
  done
  if [ -z "$newest" ] || [ -n "$(cd "$repo" && find pom.xml LICENSE hooks xml-templates rpm plugin \
    -name target -prune -o -type f -newer "$newest" -print -quit)" ]; then
    say "The package is not there, or older than its sources: rpm/build makes it (a few minutes at first)."
    "$repo/rpm/build"
  else
    say "${newest#"$repo/"} is up to date."
  fi
}

# Without KVM, QEMU sometimes corrupts a card's ring in a migration; the guest's kernel tells.
broken_by_emulation() {
  grep -q -e 'is not a head' -e 'soft lockup' /run/vxland-lab/$lab/console/*.log 2>/dev/null
}

started=no pcap='' anew=no
end() {
  local status=$?
  trap '' INT TERM
  [ -z "$pcap" ] || kill "$pcap" 2>/dev/null || true
  if [ $started = yes ]; then
    if [ $status = 1 ] && [ $again = no ] && broken_by_emulation; then anew=yes; fi
    [ $status = 0 ] || printf 'demo: taking everything down\n' >&2
    "$here/lab/down" --lab $lab || status=1
  fi
  if [ $anew = yes ]; then
    say "demo: QEMU's emulation has corrupted a VM's NIC, as its kernel says on the console;" \
      "demo: this happens without KVM and is no matter of the network. Once more from the beginning:"
    trap - INT TERM
    exec "$here/demo" "$story" --again "$keep"
  fi
  exit $status
}
trap end EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
