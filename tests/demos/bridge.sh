# shellcheck shell=bash disable=SC2034,SC2086,SC2154
# Three hosts, a network on the kernel's bridges, two VMs, a live migration.

network_xml() {
  cat <<XML
<network>
  <name>blue</name>
  <metadata>
    <vx:overlay xmlns:vx='urn:vxland:network:1' vni='5001' template='bridge'/>
  </metadata>
  <forward mode='bridge'/>
  <bridge name='br5001'/>
</network>
XML
}

chapter "1. Three hosts"
say "Each host has a network, files and a libvirtd of its own, and runs the files of the package." \
  "Its VTEP is 10.99.0.1, .2 or .3; all that it is configured with is where the others are."
started=yes
"$here/lab/up" 3 --lab $lab
type_on 1 "cat /etc/vxland/vxland.conf"
expect "peers = 10.99.0.2, 10.99.0.3" "the configuration"
type_on 1 "vxctl status --wait 30"
expect "in sync" "the daemon of h1"

chapter "2. A network, defined with virsh on each host"
say "Nothing but libvirt's own XML; the VNI travels in its metadata."
for host in 1 2 3; do network_xml | "$here/lab/host" --lab $lab $host sh -c "cat > /run/blue.xml"; done
type_on 1 "cat blue.xml"
for host in 1 2 3; do
  type_on $host "virsh -q net-define blue.xml && virsh -q net-autostart blue && virsh -q net-start blue"
done
say "" "vxland has made the bridge and its VXLAN device, and has given the kernel the addresses of the other hosts:"
for host in 1 2 3; do
  wait_until 10 "h$host: vxlan5001 exists and the plan is empty" \
    on $host "ip link show vxlan5001 && vxctl plan | grep 'Nothing to do'"
done
type_on 1 "ip -br link show master br5001"
expect "vxlan5001" "the port of the bridge"
type_on 1 "bridge fdb show dev vxlan5001 | grep dst"
expect "00:00:00:00:00:00 dst 10.99.0.2" "the replication list"
expect "00:00:00:00:00:00 dst 10.99.0.3" "the replication list"
type_on 1 "vxctl network list"
expect "5001" "the network"

chapter "3. Two VMs"
say "alice on h1 and bob on h2, each with an ordinary libvirt interface:"
vm 1 alice blue $mac_alice 10.1.0.1/24 &
definition=$!
vm 2 bob blue $mac_bob 10.1.0.2/24
wait $definition || fail "alice cannot be defined"
type_on 1 "virsh dumpxml alice | sed -n '/<interface/,/<.interface/p'"
expect "<source network='blue'" "alice's NIC"
type_on 1 "virsh -q start alice"
type_on 2 "virsh -q start bob"
"$here/lab/wait-guest" --lab $lab 1 alice
"$here/lab/wait-guest" --lab $lab 2 bob
say "Both have booted."
type_in 1 alice "ip -o address show eth0 | cut -d' ' -f2-7; cat /sys/class/net/eth0/mtu"
expect "1450" "alice's MTU: the underlay's 1500 less 50 bytes of VXLAN"

chapter "4. They reach each other"
type_in 1 alice "ping -c 5 -i 0.2 10.1.0.2"
expect "5 packets received" "alice pings bob"
say "" "Over TCP, alice sends bob 4,000,000 bytes of noise; he answers with their checksum, then" \
  "with their number."
type_in 1 alice "head -c 4000000 /dev/urandom > noise; md5sum < noise"
sum=${output%% *}
type_in 2 bob "nc -l -p 7000 -e md5sum > /dev/null 2>&1 &"
wait_until 10 "bob listens on TCP port 7000" inside 2 bob "netstat -ltn | grep :7000"
type_in 1 alice "nc 10.1.0.2 7000 < noise"
expect "$sum" "the checksum of what bob has got"
type_in 1 alice "nc 10.1.0.2 5001 < noise"
expect "4000000" "the number of bytes that bob has got"
say "The same checksum, the same number of bytes."

chapter "5. Where the hosts send frames for bob, before the migration"
say "bob's MAC address is $mac_bob, and h2's VTEP is 10.99.0.2."
type_on 1 "bridge fdb show dev vxlan5001 | grep dst"
expect "$mac_bob dst 10.99.0.2" "h1 has learned where bob is"
type_on 1 "vxctl fdb"

chapter "6. bob moves to h3 while alice pings him 20 times a second"
move_bob_to_h3

chapter "7. Where the hosts send frames for bob, after the migration"
type_on 1 "bridge fdb show dev vxlan5001 | grep dst"
expect "$mac_bob dst 10.99.0.3" "h1 follows bob to h3"
type_on 2 "bridge fdb show dev vxlan5001 | grep dst"
expect "$mac_bob dst 10.99.0.3" "h2 follows bob to h3"
for host in 1 2 3; do
  wait_until 10 "h$host: in sync" on $host "vxctl status && vxctl plan | grep 'Nothing to do'"
done
type_on 3 "vxctl port list"
expect "$mac_bob" "bob's NIC on h3"
type_on 3 "vxctl plan"
expect "Nothing to do" "the plan of h3"
type_in 1 alice "nc 10.1.0.2 5001 < noise"
expect "4000000" "the number of bytes that bob has got on h3"
type_in 3 bob "ping -c 3 -i 0.2 10.1.0.1"
expect "3 packets received" "bob pings alice from h3"
leave_if_kept

chapter "8. Down again"
type_on 1 "virsh -q destroy alice"
type_on 3 "virsh -q destroy bob"
for host in 1 2 3; do
  type_on $host "virsh -q net-destroy blue && virsh -q net-undefine blue"
done
for host in 1 2 3; do
  wait_until 10 "h$host: the network's devices are gone" \
    on $host "! ip link show vxlan5001 && ! ip link show br5001"
done
say "With the networks, their bridges and VXLAN devices have gone."
take_down
