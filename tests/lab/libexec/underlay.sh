# shellcheck shell=bash
# The wires: a namespace with two bridges; each host's eth0 is on the underlay, its eth1 on the
# management network, over which migrations go. Needs lib.sh.

# underlay_addresses INDEX v4|v6|both DEVICE : the commands of `ip -batch` that give host I its own.
underlay_addresses() {
  [ "$2" = v6 ] || echo "address replace 10.99.0.$1/24 dev $3"
  [ "$2" = v4 ] || echo "address replace fd99::$1/64 dev $3 nodad"
}

# underlay_make COUNT v4|v6|both
underlay_make() {
  local count=$1 families=$2 name=$LAB-underlay index host
  ip netns add "$name"
  ip -n "$name" -batch - <<BATCH
link set lo up
link add underlay type bridge forward_delay 0 mcast_snooping 0
link add mgmt type bridge forward_delay 0 mcast_snooping 0
link set underlay up
link set mgmt up
BATCH
  for ((index = 1; index <= count; index++)); do
    host=$(netns_of "$index")
    ip netns add "$host"
    ip -n "$name" -batch - <<BATCH
link add u$index mtu 1500 type veth peer name eth0 mtu 1500 netns $host
link add m$index mtu 1500 type veth peer name eth1 mtu 1500 netns $host
link set u$index master underlay up
link set m$index master mgmt up
BATCH
    {
      echo "link set lo up"
      underlay_addresses "$index" "$families" eth0
      echo "address add 10.98.0.$index/24 dev eth1"
      echo "link set eth0 up"
      echo "link set eth1 up"
    } | ip -n "$host" -batch -
  done
}
