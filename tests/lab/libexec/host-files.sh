# shellcheck shell=bash
# A host's own files, made before the host is. Needs lib.sh and libexec/etcd.sh.

# Replaced whole by empty directories of the host's own: what this machine has there stays unseen
# and untouched. Those of services that only some hosts run are here too.
own_directories=(
  /etc/libvirt /var/lib/libvirt /var/cache/libvirt /var/log/libvirt
  /etc/vxland /var/lib/vxland /var/log/vxland
  /etc/openvswitch /var/lib/openvswitch /var/log/openvswitch
  /etc/frr /var/log/frr /var/lib/etcd
)

# The address at which peers reach host I over the underlay.
underlay_address() {
  if [ "$2" = v6 ]; then printf 'fd99::%s' "$1"; else printf '10.99.0.%s' "$1"; fi
}

# host_files INDEX COUNT v4|v6|both PAYLOAD|-
host_files() {
  local index=$1 count=$2 underlay=$3 payload=$4 dir=$STATE/h$1 own
  for own in "${own_directories[@]}"; do
    mkdir -p "$dir/own$own"
    if [ "$payload" != - ] && [ -d "$payload$own" ]; then cp -a "$payload$own/." "$dir/own$own/"; fi
  done
  printf '%s\n' "${own_directories[@]}" >"$dir/own.list"
  libvirt_files "$dir/own/etc/libvirt"
  etc_files "$dir/upper/etc" "$count"
  [ ! -e "$STATE/pki" ] || etcd_files "$index" "$dir/own/etc/vxland/etcd"
  [ "$payload" = - ] || vxland_conf "$index" "$count" "$underlay" >"$dir/own/etc/vxland/vxland.conf"
}

libvirt_files() {
  mkdir -p "$1"
  cat >"$1/libvirtd.conf" <<CONF
listen_tls = 0
listen_tcp = 1
auth_tcp = "none"
auth_unix_ro = "none"
auth_unix_rw = "none"
host_uuid = "$(</proc/sys/kernel/random/uuid)"
log_outputs = "3:stderr"
CONF
  cat >"$1/qemu.conf" <<CONF
user = "root"
group = "root"
security_driver = "none"
dynamic_ownership = 0
cgroup_controllers = []
namespaces = []
stdio_handler = "file"
CONF
}

etc_files() {
  local index
  mkdir -p "$1"
  {
    echo "127.0.0.1 localhost"
    echo "::1 localhost"
    for ((index = 1; index <= $2; index++)); do echo "10.98.0.$index h$index"; done
  } >"$1/hosts"
  tr -d - </proc/sys/kernel/random/uuid >"$1/machine-id"
}

vxland_conf() {
  local index=$1 count=$2 underlay=$3 peer peers=''
  printf '[host]\naddress = %s\n\n' "$(underlay_address "$index" "$underlay")"
  [ ! -e "$STATE/ovs" ] || printf '[ovs]\ndatapath = %s\n\n' "$(<"$STATE/ovs")"
  if [ -e "$STATE/etcd" ]; then
    printf '[control]\nmode = etcd\n\n[etcd]\nendpoints = %s\n' "$(etcd_endpoints)"
    [ ! -e "$STATE/pki" ] || printf '%s = /etc/vxland/etcd/%s\n' ca ca.pem certificate host.pem key host.key
    return
  fi
  for ((peer = 1; peer <= count; peer++)); do
    [ "$peer" = "$index" ] || peers+="${peers:+, }$(underlay_address "$peer" "$underlay")"
  done
  if [ -e "$STATE/evpn" ]; then
    printf '[control]\nmode = evpn\n\n[evpn]\nas = 65000\n'
  else
    printf '[control]\nmode = static\n'
  fi
  [ -z "$peers" ] || printf 'peers = %s\n' "$peers"
}
