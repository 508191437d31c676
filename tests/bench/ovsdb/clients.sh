# shellcheck shell=bash disable=SC2154
# Single changes: a JVM with the daemon's clients, and ovs-vsctl and ovs-ofctl, on an Open vSwitch of their own in a network
# namespace. The bridge has 20 tunnels. Needs run.

CLIENTS_NS=vxovsdb-$$
PEERS=20
clients_processes=()

vsctl() { ovs-vsctl --timeout=20 "--db=unix:$WORK/ovs/db.sock" "$@"; }

# wait_until COMMAND... : 20 s at most. The pause is a read that can only time out.
wait_until() {
  local end=$((SECONDS + 20)) nap
  exec {nap}<> <(:)
  until "$@" >/dev/null 2>&1; do
    ((SECONDS <= end)) || die "not within 20 s: $*"
    read -r -t 0.02 -u "$nap" || true
  done
  exec {nap}>&-
}

# ovs_daemon NAME ARGUMENT...
ovs_daemon() {
  ip netns exec "$CLIENTS_NS" env OVS_RUNDIR="$WORK/ovs" OVS_DBDIR="$WORK/ovs" OVS_LOGDIR="$WORK/ovs" \
    "$1" --no-chdir -vconsole:off -vsyslog:off "--log-file=$WORK/ovs/$1.log" "${@:2}" &
  clients_processes+=($!)
}

clients_up() {
  local peer
  mkdir "$WORK/ovs"
  ip netns add "$CLIENTS_NS"
  ip -n "$CLIENTS_NS" link set lo up
  ovsdb-tool create "$WORK/ovs/conf.db" /usr/share/openvswitch/vswitch.ovsschema
  ovs_daemon ovsdb-server "$WORK/ovs/conf.db" "--remote=punix:$WORK/ovs/db.sock" "--unixctl=$WORK/ovs/db.ctl"
  wait_until vsctl --no-wait init
  ovs_daemon ovs-vswitchd "unix:$WORK/ovs/db.sock" --disable-system
  vsctl add-br br0 -- set Bridge br0 datapath_type=netdev external_ids:vxland=bridge
  for ((peer = 2; peer < PEERS + 2; peer++)); do
    vsctl add-port br0 "tun-vxlan$peer" -- set Port "tun-vxlan$peer" protected=true \
      -- set Interface "tun-vxlan$peer" type=vxlan "options:remote_ip=10.99.0.$peer" options:key=5001
  done
  wait_until test -S "$WORK/ovs/br0.mgmt"
}
clients_down() {
  [ ${#clients_processes[@]} = 0 ] || kill "${clients_processes[@]}" 2>/dev/null || true
  wait
  clients_processes=()
  ip netns del "$CLIENTS_NS" 2>/dev/null || true
}

# typed WHAT COMMAND... : its time, into the results.
typed() {
  local begin=$EPOCHREALTIME end
  "${@:2}" >/dev/null
  end=$EPOCHREALTIME
  [ "$round" -lt 0 ] || echo "typed-$1 $((${end/[.,]/} - ${begin/[.,]/}))" >>"$results/clients.txt"
}
read_by_hand() {
  vsctl --format=json -- list Bridge -- list Port -- list Interface
  ovs-ofctl -O OpenFlow14 dump-flows "unix:$WORK/ovs/br0.mgmt" 'cookie=0x76786c616e64/-1'
}

clients() {
  local plugin=$BENCH_REPO/plugin round line pair what words flags java bridge="unix:$WORK/ovs/br0.mgmt"
  # shellcheck disable=SC2086 # arguments are words
  (cd "$BENCH_REPO" && mvn -q -B -ntp ${MAVEN_ARGS-} -pl tests -am test-compile)
  [ -d "$BENCH_REPO/plugin/vxland/target/lib" ] || die "no jars in plugin/vxland/target/lib: run rpm/build"
  clients_up
  : >"$results/clients.txt"
  # The launcher's kind of flags.
  flags=(-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xss512k -Xms8m -Xmx256m)
  mkfifo "$WORK/turn" "$WORK/said"
  ip netns exec "$CLIENTS_NS" java "${flags[@]}" -cp "$plugin/vxland/target/classes:$plugin/vxland/target/lib/*:$BENCH_REPO/tests/target/test-classes" \
    io.vxland.bench.OvsBench "$WORK/ovs" br0 <"$WORK/turn" >"$WORK/said" &
  java=$!
  clients_processes+=("$java")
  exec 7>"$WORK/turn" 8<"$WORK/said"
  read -r -t 60 -u 8 line || die "the JVM does not answer"
  [ "$line" = ready ] || die "the JVM says '$line'"
  # The first two rounds warm up; what the very first one takes is kept, for a daemon may have no more than that.
  for ((round = -2; round < runs; round++)); do
    echo >&7
    read -r -t 60 -u 8 line || die "the JVM does not answer"
    for pair in $line; do
      what=${pair%=*}
      [ $round != -2 ] || what=first-$what
      [ $round = -1 ] || echo "$what ${pair#*=}" >>"$results/clients.txt"
    done
    typed transact vsctl --no-wait set Bridge br0 "other_config:bench=c$round"
    typed applied vsctl set Bridge br0 "other_config:bench=d$round"
    typed read read_by_hand
    typed tunnel vsctl add-port br0 tun-typed -- set Port tun-typed protected=true external_ids:vxland=vni=9002 \
      -- set Interface tun-typed type=vxlan options:remote_ip=10.99.0.251 options:local_ip=10.99.0.1 options:key=9002 \
      options:dst_port=4789
    vsctl del-port br0 tun-typed
    typed flow ovs-ofctl -O OpenFlow14 add-flow "$bridge" "cookie=0x76786c616e64,priority=100,dl_dst=02:00:00:01:00:$(printf %02x $((round + 2 & 255))),actions=NORMAL"
    typed bundle ovs-ofctl -O OpenFlow14 --bundle add-flow "$bridge" "cookie=0x76786c616e64,priority=100,dl_dst=02:00:00:02:00:$(printf %02x $((round + 2 & 255))),actions=NORMAL"
  done
  echo burst >&7
  read -r -t 60 -u 8 line || die "the JVM does not answer"
  for pair in $line; do printf '%s %s\n' "${pair%=*}" "${pair#*=}"; done >>"$results/clients.txt"
  exec 7>&- 8<&-
  wait "$java"
  clients_down
  printf '\nSingle changes, a bridge with %d tunnels; vxland: in a JVM that runs, by connections that stand\n' $PEERS
  while read -r what words; do
    figures "$results/clients.txt" 1000 2 <<WHAT
$what $words: vxland, ms
first-$what $words: the first of its JVM
typed-$what $words: by hand, ms
WHAT
  done <<'ALL'
transact a column is set, in the database
applied the same, and ovs-vswitchd has done it
tunnel a tunnel, and ovs-vswitchd has done it
read bridges, ports, interfaces, flows read
flow a flow, behind a barrier
bundle a flow, in a bundle
ALL
  figures "$results/clients.txt" 1000 3 <<'WHAT'
burst-transact a column is set: many in a row, vxland, ms
burst-flow a flow, behind a barrier: in a row, vxland, ms
WHAT
}
