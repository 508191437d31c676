# shellcheck shell=bash disable=SC2034,SC2086,SC2154
# Three hosts that know of each other by a cluster of etcd: a network that is defined once, two VMs,
# a live migration, and all of it once more without etcd.

etcd() { "$here/lab/etcd" --lab $lab "$@"; }
type_etcd() { # HOST COMMAND... : etcdctl on a host
  printf '%sh%s# etcdctl %s%s\n' "$bold" "$1" "${*:2}" "$plain"
  output=$(etcd "$1" ctl "${@:2}") || { printf '%s\n' "$output" && fail "h$1: etcdctl ${*:2}"; }
  show
}

chapter "1. Three hosts and etcd"
say "Each host has a network, files and a libvirtd of its own, runs the files of the package, and has" \
  "a member of a cluster of etcd. No host is configured with another one; all it knows is where etcd is."
started=yes
"$here/lab/up" 3 --lab $lab --control etcd
type_on 1 "cat /etc/vxland/vxland.conf"
expect "mode = etcd" "the configuration"
wait_until 20 "h1 knows the others" on 1 "[ \$(vxctl peers | grep -c alive) = 2 ]"
type_on 1 "vxctl peers"
expect "10.99.0.3" "the other hosts"

chapter "2. A network, defined once, without a VNI"
type_on 1 "vxctl network define blue"
expect "VNI 10000" "a VNI that nobody had"
for host in 1 2 3; do
  wait_until 20 "h$host has the network" on $host "virsh -q net-list --name | grep -x blue"
done
say "" "It is in libvirt, on every host, as if somebody had typed it there:"
type_on 3 "virsh -q net-list --autostart; virsh net-dumpxml blue | grep overlay"
expect "shared=\"yes\"" "the network says that all hosts have it"
type_etcd 2 get --prefix /vxland/1/networks/
expect '"vni":10000' "the network in etcd"

chapter "3. Two VMs"
vm 1 alice blue $mac_alice 10.1.0.1/24
vm 2 bob blue $mac_bob 10.1.0.2/24
type_on 2 "virsh -q start bob"
say "" "bob has sent nothing yet, for he boots. h1 and h3 know where he is, and learn nothing from frames:"
wait_until 10 "h3 knows bob" on 3 "bridge fdb show dev vxlan10000 | grep '$mac_bob dst 10.99.0.2'"
type_on 3 "bridge fdb show dev vxlan10000 | grep $mac_bob; ip -d link show vxlan10000 | grep -o nolearning"
expect "$mac_bob dst 10.99.0.2 self static" "bob's place on h3"
expect "nolearning" "nothing is learned"
type_on 1 "virsh -q start alice"
"$here/lab/wait-guest" --lab $lab 1 alice
"$here/lab/wait-guest" --lab $lab 2 bob
type_in 1 alice "ping -c 5 -i 0.2 10.1.0.2"
expect "5 packets received" "alice pings bob"

chapter "4. bob moves to h3 while alice pings him 20 times a second"
move_bob_to_h3
wait_until 10 "h1 follows bob" on 1 "bridge fdb show dev vxlan10000 | grep '$mac_bob dst 10.99.0.3'"
type_on 1 "vxctl fdb"
type_etcd 1 get --prefix /vxland/1/ports/10.99.0.3/
expect '"sequence":2' "bob's location in etcd, advertised a second time"

chapter "5. Without etcd"
say "All three members are killed."
for host in 1 2 3; do etcd $host kill9; done
wait_until 20 "h1 says so" on 1 "vxctl status | grep etcd:"
type_on 1 "vxctl status || true"
expect "what is known stays in force" "h1 says what it means"
type_in 1 alice "ping -c 5 -i 0.2 10.1.0.2"
expect "5 packets received" "alice pings bob without etcd"
say "" "bob moves back to h2, which cannot be advertised:"
type_on 3 "virsh -q migrate --live bob qemu+tcp://h2/system tcp://10.98.0.2"
type_in 1 alice "ping -c 25 -i 0.2 10.1.0.2"
expect "25 packets received" "alice pings bob after he has moved without etcd"

chapter "6. etcd is back"
for host in 1 2 3; do etcd $host start & done
wait
for host in 1 3; do
  wait_until 30 "h$host knows where bob is" \
    on $host "bridge fdb show dev vxlan10000 | grep '$mac_bob dst 10.99.0.2'"
done
type_on 1 "vxctl status && vxctl fdb"
expect "$mac_bob  10.99.0.2" "h1 knows where bob is"
leave_if_kept

chapter "7. Down again"
type_on 1 "virsh -q destroy alice"
type_on 2 "virsh -q destroy bob"
wait_until 20 "nobody has bob any more" on 1 "! bridge fdb show dev vxlan10000 | grep $mac_bob"
type_on 3 "vxctl network delete blue"
for host in 1 2 3; do
  wait_until 20 "h$host: the network is gone, and its devices" \
    on $host "! virsh -q net-list --all --name | grep -x blue && ! ip link show vxlan10000"
done
say "Deleted on h3, it is gone from all three."
take_down
