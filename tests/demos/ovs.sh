# shellcheck shell=bash disable=SC2034,SC2086,SC2154
# Two hosts and a network on Open vSwitch, a third host, a live migration to it, and nothing left.

define="vxctl network define ovs-tun --template ovs-tun --vni 5001"
before=()

# know HOST PEERS : the host's configuration, and a reload.
know() {
  type_on "$1" "sed -i 's/^peers = .*/peers = $2/' /etc/vxland/vxland.conf"
  printf '%sh%s# systemctl reload vxland%s\n' "$bold" "$1" "$plain"
  "$here/lab/daemon" --lab $lab "$1" reload
}
nothing_to_do() { on "$1" "vxctl status && vxctl plan | grep 'Nothing to do'"; }
in_sync() {
  local host
  for host in "$@"; do wait_until 10 "h$host: in sync" nothing_to_do "$host"; done
}

chapter "1. Two hosts with Open vSwitch"
say "Each host has a network, files, a libvirtd and an Open vSwitch of its own, and runs the files of the package." \
  "Its VTEP is 10.99.0.1 or 10.99.0.2, on the bridge br-phy, which is the host's and none of vxland's." \
  "There is a third host, 10.99.0.3; these two do not know it yet."
started=yes
"$here/lab/up" 3 --lab $lab --ovs
know 1 10.99.0.2
know 2 10.99.0.1
type_on 1 "cat /etc/vxland/vxland.conf"
expect "peers = 10.99.0.2" "the configuration"
for host in 1 2 3; do before[host]=$(on $host "ovs-vsctl show"); done
type_on 1 "ovs-vsctl show"
type_on 1 "vxctl status --wait 30"
expect "in sync" "the daemon of h1"

chapter "2. A network, by one command on each host"
say "This is the XML that it defines, as one would write it for virsh net-define:"
type_on 1 "$define --print"
expect "<virtualport type='openvswitch'/>" "the network's XML"
expect "<bridge name='br-extun'/>" "the network's XML"
for host in 1 2; do type_on $host "$define"; done
in_sync 1 2
say "" "vxland has made the bridge and the tunnel port that people make with ovs-vsctl add-br and add-port:"
type_on 1 "ovs-vsctl show"
expect "Bridge br-extun" "the bridge"
expect 'remote_ip="10.99.0.2"' "the tunnel to h2"
expect 'key="5001"' "the VNI of the tunnel"
type_on 1 "vxctl network list"
expect "br-extun" "the network"

chapter "3. Two VMs"
say "alice on h1 and bob on h2, each with an ordinary libvirt interface; libvirt plugs them into br-extun."
vm 1 alice ovs-tun $mac_alice 10.1.0.1/24 &
definition=$!
vm 2 bob ovs-tun $mac_bob 10.1.0.2/24
wait $definition || fail "alice cannot be defined"
type_on 1 "virsh dumpxml alice | sed -n '/<interface/,/<.interface/p'"
expect "<source network='ovs-tun'" "alice's NIC"
type_on 1 "virsh -q start alice"
type_on 2 "virsh -q start bob"
"$here/lab/wait-guest" --lab $lab 1 alice
"$here/lab/wait-guest" --lab $lab 2 bob
say "Both have booted."
type_on 1 "vxctl port list"
expect "$mac_alice" "alice's NIC"
type_in 1 alice "ip -o address show eth0 | cut -d' ' -f2-7; cat /sys/class/net/eth0/mtu"
expect "1450" "alice's MTU: the underlay's 1500 less 50 bytes of VXLAN"

chapter "4. They reach each other"
type_in 1 alice "ping -c 5 -i 0.2 10.1.0.2"
expect "5 packets received" "alice pings bob"
type_in 1 alice "head -c 4000000 /dev/zero | nc 10.1.0.2 5001"
expect "4000000" "the number of bytes that bob has got"
type_on 1 "ovs-appctl fdb/show br-extun"
expect "$mac_bob" "Open vSwitch on h1 has learned where bob is"

chapter "5. A third host"
say "The two get it as a peer; it gets the network by the same command."
know 1 "10.99.0.2, 10.99.0.3"
know 2 "10.99.0.1, 10.99.0.3"
type_on 3 "$define"
in_sync 1 2 3
type_on 1 "ovs-vsctl --columns=name,options find Interface type=vxlan"
expect 'remote_ip="10.99.0.3"' "the tunnel to h3"
say "" "(tun-mig0 is for frames of VMs on their way from one host to another.)" "Three hosts with a tunnel to each other are a loop. In a protected port Open vSwitch lets nothing in" \
  "from another one, so that a broadcast reaches each host once:"
type_on 1 "ovs-vsctl --columns=name,protected find Port protected=true"
expect "tun-vxlan1" "the ports that are protected"

chapter "6. bob moves to h3 while alice pings him 20 times a second"
move_bob_to_h3
type_on 2 "vxctl migrations"
expect "bob" "the migration, as h2 saw it"

chapter "7. After the migration"
in_sync 1 2 3
type_on 3 "vxctl port list"
expect "$mac_bob" "bob's NIC on h3"
type_on 3 "vxctl plan"
expect "Nothing to do" "the plan of h3"
type_in 1 alice "head -c 4000000 /dev/zero | nc 10.1.0.2 5001"
expect "4000000" "the number of bytes that bob has got on h3"
type_in 3 bob "ping -c 3 -i 0.2 10.1.0.1"
expect "3 packets received" "bob pings alice from h3"
leave_if_kept

chapter "8. Down again"
type_on 1 "virsh -q destroy alice"
type_on 3 "virsh -q destroy bob"
for host in 1 2 3; do type_on $host "vxctl network delete ovs-tun"; done
as_before() { [ "$(on "$1" "ovs-vsctl show")" = "${before[$1]}" ]; }
for host in 1 2 3; do wait_until 10 "h$host: Open vSwitch is as before" as_before $host; done
type_on 1 "ovs-vsctl show"
say "" "Open vSwitch is on all three hosts what it was before."
take_down
