# shellcheck shell=bash disable=SC2034
# The networks that are compared. Needs lib.sh.

# The arms, each with its bridge, its guest's card and address, and what the guest is plugged into.
#   vxland  a network of the template bridge
#   flood   a bridge and a learning VXLAN device on each host, without vxland
#   ovs     a network of the template ovs-tun
#   typed   Open vSwitch as people type it, without vxland
declare -A BRIDGE=([vxland]=br5001 [flood]=br777 [ovs]=br-extun [typed]=br-typed)
declare -A NET=([vxland]=10.1.0 [flood]=10.2.0 [ovs]=10.3.0 [typed]=10.4.0)
declare -A MAC=([vxland]=52:54:00:be:50:01 [flood]=52:54:00:be:07:77 [ovs]=52:54:00:be:50:02 [typed]=52:54:00:be:07:78)
declare -A PLUG=([vxland]='--network blue' [flood]='--bridge br777' [ovs]='--network ovs-tun' [typed]='--network typed')
FLOOD_PORT=4790
# Beside Open vSwitch, which has 4789.
BLUE_PORT=4791

on_switch() { case $1 in ovs | typed) ;; *) false ;; esac; }
# lab_options ARM... : what a lab needs for them.
lab_options() {
  local arm
  for arm in "$@"; do
    ! on_switch "$arm" || { echo --ovs && return; }
  done
}

vxland_network() {
  local index
  for ((index = 1; index <= HOSTS; index++)); do
    if [ -e "/run/vxland-lab/$LAB/ovs" ]; then
      host "$index" tee /etc/vxland/networks.d/blue.conf <<<$'[network blue]\nport = '$BLUE_PORT >/dev/null
      "$LAB_BIN/daemon" --lab "$LAB" "$index" reload
    fi
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

ovs_network() {
  local index
  for ((index = 1; index <= HOSTS; index++)); do
    host "$index" vxctl network define ovs-tun --template ovs-tun --vni 5002 >/dev/null
  done
}

# What is typed on each host, for each other host, and libvirt's network of the bridge. Without `protected` three
# hosts would loop.
typed_network() {
  local index peer
  for ((index = 1; index <= HOSTS; index++)); do
    host "$index" ovs-vsctl add-br br-typed -- set Bridge br-typed datapath_type=netdev
    for ((peer = 1; peer <= HOSTS; peer++)); do
      [ "$peer" = "$index" ] ||
        host "$index" ovs-vsctl add-port br-typed "typed-vxlan$peer" -- set Port "typed-vxlan$peer" protected=true \
          -- set Interface "typed-vxlan$peer" type=vxlan "options:remote_ip=10.99.0.$peer" options:key=778
    done
    host "$index" virsh -q net-define /dev/stdin <<'XML'
<network>
  <name>typed</name>
  <forward mode='bridge'/>
  <bridge name='br-typed'/>
  <virtualport type='openvswitch'/>
</network>
XML
    host "$index" virsh -q net-start typed
  done
}

# Endpoints, such as `pvxland`, on each host: .11 to .13.
endpoints() {
  local arm=$1 index bridge=(--bridge "${BRIDGE[$1]}")
  ! on_switch "$arm" || bridge=(--ovs-bridge "${BRIDGE[$1]}")
  for ((index = 1; index <= HOSTS; index++)); do
    ns "$index" "p$arm" "${bridge[@]}" --mtu 1450 --ip "${NET[$arm]}.1$index/24"
  done
}

# tap_of HOST ARM : the device of its guest, once it is up. libvirt gives it the card's address with fe in front; ports of
# the userspace datapath have no bridge that `ip` knows.
tap_of() {
  ip -n "$(netns "$1")" -o link show up |
    awk -v mac="fe${MAC[$2]#52}" '$2 ~ /^vnet/ && index($0, "link/ether " mac) { sub(/:$/, "", $2); print $2; exit }'
}
