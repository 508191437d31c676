# shellcheck shell=bash disable=SC2034,SC2086,SC2154
# Three hosts that know of each other by BGP EVPN, and a fourth without vxland, which reflects their
# routes and has a machine in their network; two VMs, a live migration.

frr() { "$here/lab/frr" --lab $lab "$@"; }
nothing_to_do() { on "$1" "vxctl status && vxctl plan | grep 'Nothing to do'"; }

chapter "1. A host without vxland"
say "h4 has FRR and what its operator has made by hand: a bridge, a VXLAN device of VNI 5001, and a BGP speaker" \
  "that reflects routes. A machine is in its bridge, 10.1.0.9."
started=yes
"$here/lab/up" 4 --lab $lab --no-daemon
frr 4 configure <<'CONF'
hostname h4
router bgp 65000
 bgp router-id 10.99.0.4
 no bgp default ipv4-unicast
 neighbor fabric peer-group
 neighbor fabric remote-as 65000
 bgp listen range 10.99.0.0/24 peer-group fabric
 address-family l2vpn evpn
  neighbor fabric activate
  neighbor fabric route-reflector-client
  advertise-all-vni
 exit-address-family
CONF
frr 4 segment 5001
frr 4 start
"$here/lab/ns" --lab $lab 4 rack --bridge br5001 --mtu 1450 --ip 10.1.0.9/24
type_on 4 "vtysh -c 'show running-config bgpd' | sed -n '/^router bgp/,/^exit/p'"
expect "advertise-all-vni" "the stranger's BGP"

chapter "2. Three hosts with vxland"
say "Their FRR is installed and has nothing to do. A host is only configured with the address of the reflector."
for host in 1 2 3; do
  frr $host start
  "$here/lab/host" --lab $lab $host tee /etc/vxland/vxland.conf >/dev/null <<CONF
[host]
address = 10.99.0.$host
[control]
mode = evpn
[evpn]
as = 65000
peers = 10.99.0.4
CONF
  "$here/lab/daemon" --lab $lab $host start
done
type_on 1 "cat /etc/vxland/vxland.conf"
for host in 1 2 3; do type_on $host "vxctl network define blue --vni 5001"; done
for host in 1 2 3; do wait_until 30 "h$host: in sync" nothing_to_do $host; done
say "" "vxland has configured FRR:"
type_on 1 "vtysh -c 'show running-config bgpd' | sed -n '/^router bgp/,/^exit/p'"
expect "neighbor 10.99.0.4 peer-group vxland" "FRR's configuration on h1"
wait_until 30 "h1 knows the others" on 1 "[ \$(vxctl peers --no-legend | wc -l) = 3 ]"
type_on 1 "vxctl peers"
expect "10.99.0.4" "the stranger"

chapter "3. Two VMs"
vm 1 alice blue $mac_alice 10.1.0.1/24
vm 2 bob blue $mac_bob 10.1.0.2/24
type_on 2 "virsh -q start bob"
say "" "bob has sent nothing yet, for he boots. The stranger knows where he is, by BGP:"
wait_until 10 "h4 knows bob" on 4 "bridge fdb show dev vxlan5001 | grep '$mac_bob dst 10.99.0.2'"
type_on 4 "vtysh -c 'show bgp l2vpn evpn route type macip' | grep -A 1 '$mac_bob'"
type_on 4 "bridge fdb show dev vxlan5001 | grep $mac_bob"
expect "$mac_bob dst 10.99.0.2" "bob's place on h4"
type_on 1 "virsh -q start alice"
"$here/lab/wait-guest" --lab $lab 1 alice
"$here/lab/wait-guest" --lab $lab 2 bob
type_in 1 alice "ping -c 5 -i 0.2 10.1.0.2"
expect "5 packets received" "alice pings bob"
type_in 2 bob "ping -c 5 -i 0.2 10.1.0.9"
expect "5 packets received" "bob pings the stranger's machine"
say "" "The addresses that they were seen to use are advertised as well; h3 answers for both by itself:"
wait_until 10 "h3 knows bob's address" on 3 "ip neigh show dev br5001 | grep '10.1.0.2 .*$mac_bob'"
type_on 3 "ip neigh show dev br5001"

chapter "4. bob moves to h3 while alice pings him 20 times a second"
move_bob_to_h3
wait_until 10 "h4 follows bob" on 4 "bridge fdb show dev vxlan5001 | grep '$mac_bob dst 10.99.0.3'"
type_on 4 "vtysh -c 'show evpn mac vni 5001 mac $mac_bob'"
expect "10.99.0.3" "where the stranger has bob"
expect "Remote Seq: 1" "bob has moved once"
type_in 3 bob "ping -c 5 -i 0.2 10.1.0.9"
expect "5 packets received" "bob pings the stranger's machine from h3"

chapter "5. zebra is killed on h3"
frr 3 kill9 zebra
wait_until 20 "h3 says so" on 3 "vxctl status | grep FRR:"
type_on 3 "vxctl status || true"
expect "zebra is not running" "h3 says what is wrong"
type_in 1 alice "ping -c 5 -i 0.2 10.1.0.2"
expect "5 packets received" "alice pings bob without zebra"
frr 3 start
wait_until 30 "h3: in sync" nothing_to_do 3
leave_if_kept

chapter "6. Down again"
type_on 1 "virsh -q destroy alice"
type_on 3 "virsh -q destroy bob"
wait_until 20 "nobody has bob any more" on 4 "! bridge fdb show dev vxlan5001 | grep $mac_bob"
for host in 1 2 3; do type_on $host "vxctl network delete blue"; done
for host in 1 2 3; do
  wait_until 20 "h$host: its devices are gone" on $host "! ip link show vxlan5001"
done
take_down
