package io.vxland.tests.openflow;

import static io.vxland.tests.openflow.SampleFlows.OURS;
import static io.vxland.tests.openflow.SampleFlows.set;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vxland.openflow.Action;
import io.vxland.openflow.Answers;
import io.vxland.openflow.EthType;
import io.vxland.openflow.Field;
import io.vxland.openflow.Flow;
import io.vxland.openflow.FlowEntry;
import io.vxland.openflow.FlowMod;
import io.vxland.openflow.Match;
import io.vxland.openflow.OpenFlowConnection;
import io.vxland.openflow.OpenFlowException;
import io.vxland.openflow.Port;
import io.vxland.openflow.PortDescription;
import io.vxland.openflow.Value;
import io.vxland.tests.support.Netns;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What flows do with frames between hosts on veths, counted where they arrive. */
class TrafficTest {
  private static final Duration BOUND = Duration.ofSeconds(60);
  private static final long MAC_A = 0x02000000000aL;
  private static final long MAC_B = 0x02000000000bL;
  private static final long NOBODY = 0x020000000077L;
  private static final int PINGS = 5;

  private OpenVswitch ovs;
  private OpenFlowConnection connection;
  private final List<Netns> hosts = new ArrayList<>();
  private Netns a;

  @BeforeEach
  void up() throws IOException, OpenFlowException {
    ovs = OpenVswitch.up();
    a = host("a", "02:00:00:00:00:0a", "10.0.0.1/24", "fd00::1/64");
    connection = ovs.connect();
  }

  @AfterEach
  void down() {
    if (connection != null) {
      connection.close();
    }
    hosts.forEach(Netns::close);
    ovs.close();
  }

  /** A host on port {@code pNAME} of br0. */
  private Netns host(String name, String mac, String v4, String v6) {
    Netns host = Netns.create();
    hosts.add(host);
    ovs.netns.ip(
        "link", "add", "p" + name, "type", "veth", "peer", "name", "eth0", "netns", host.name());
    ovs.netns.ip("link", "set", "p" + name, "up");
    host.ip("link", "set", "eth0", "address", mac);
    host.ip("link", "set", "eth0", "up");
    host.ip("addr", "add", v4, "dev", "eth0");
    host.ip("addr", "add", v6, "dev", "eth0", "nodad");
    ovs.vsctl("add-port", "br0", "p" + name);
    return host;
  }

  private Port port(String name) throws OpenFlowException {
    return connection.ports().stream()
        .filter(port -> port.name().equals(name))
        .map(PortDescription::port)
        .findFirst()
        .orElseThrow();
  }

  private void add(Flow... flows) throws OpenFlowException {
    List<FlowMod> mods = new ArrayList<>();
    for (Flow flow : flows) {
      mods.add(new FlowMod.Add(flow));
    }
    connection.bundle(mods);
    awaitDatapath();
  }

  private void change(FlowMod mod) throws OpenFlowException {
    connection.apply(List.of(mod));
    awaitDatapath();
  }

  /** Frames go by what the datapath has cached until the switch has gone through that. */
  private void awaitDatapath() {
    ovs.appctl("revalidator/wait");
  }

  private long packets(Flow flow) throws OpenFlowException {
    return connection.flows(OURS, -1).stream()
        .filter(entry -> ((FlowEntry.Known) entry).flow().equals(flow))
        .mapToLong(FlowEntry::packets)
        .sum();
  }

  /** Frames of ping to nowhere that a device got. */
  private static void countIpv4(Netns host, String device) {
    host.run(
        "nft",
        "add table netdev count; add counter netdev count pings; "
            + "add chain netdev count in { type filter hook ingress device "
            + device
            + " priority 0; }; add rule netdev count in icmp type echo-request counter name pings");
  }

  private static long counted(Netns host) {
    String text = host.run("nft", "list", "counter", "netdev", "count", "pings");
    return Long.parseUnsignedLong(text.replaceAll("(?s).*packets (\\d+).*", "$1"));
  }

  private void pingsIntoNothing(String address) {
    a.run("sh", "-c", "ping -q -n -i 0.05 -W 0.2 -c " + PINGS + " " + address + " || true");
  }

  @Test
  void framesToAMacGoWhereItsFlowSays() throws OpenFlowException {
    Netns b = host("b", "02:00:00:00:00:0b", "10.0.0.2/24", "fd00::2/64");
    Netns c = host("c", "02:00:00:00:00:0c", "10.0.0.3/24", "fd00::3/64");
    countIpv4(b, "eth0");
    countIpv4(c, "eth0");
    a.run("ping", "-q", "-n", "-i", "0.05", "-c", "" + PINGS, "10.0.0.2");
    assertThat(counted(b)).isEqualTo(PINGS);
    assertThat(counted(c)).isZero();

    a.ip("neigh", "replace", "10.0.0.2", "lladdr", "02:00:00:00:00:0b", "dev", "eth0");
    Match toB = Match.ANY.ethType(EthType.IPV4).ethDst(MAC_B);
    Flow redirect = Flow.of(0, 200, OURS, toB, new Action.Output(port("pc")));
    add(redirect);
    pingsIntoNothing("10.0.0.2");
    assertThat(counted(b)).isEqualTo(PINGS);
    assertThat(counted(c)).isEqualTo(PINGS);
    // Those that went to B may be among them: see FlowEntry.packets.
    await().atMost(BOUND).until(() -> packets(redirect) >= PINGS);

    change(new FlowMod.Modify(Flow.of(0, 200, OURS, toB)));
    pingsIntoNothing("10.0.0.2");
    assertThat(counted(b)).isEqualTo(PINGS);
    assertThat(counted(c)).isEqualTo(PINGS);

    change(FlowMod.Delete.of(redirect));
    a.run("ping", "-q", "-n", "-i", "0.05", "-c", "" + PINGS, "10.0.0.2");
    assertThat(counted(b)).isEqualTo(2 * PINGS);
    assertThat(counted(c)).isEqualTo(PINGS);
  }

  @Test
  void theSwitchAnswersWhoHasAnAddress() throws OpenFlowException {
    Netns b = host("b", "02:00:00:00:00:0b", "10.0.0.2/24", "fd00::2/64");
    Value address6 = Value.ipv6(0xfd00000000000000L, 0x77);
    Flow arp = Answers.arp(Match.ANY, 0, 300, OURS, 0x0a000077, NOBODY);
    List<Flow> nd = Answers.neighbourAdvertisement(Match.ANY, 0, 1, 300, OURS, address6, NOBODY);
    add(arp, nd.get(0), nd.get(1));
    pingsIntoNothing("10.0.0.119");
    pingsIntoNothing("fd00::77");
    assertThat(a.ip("neigh", "show", "10.0.0.119"))
        .contains("lladdr 02:00:00:00:00:77")
        .doesNotContain("FAILED");
    assertThat(a.ip("-6", "neigh", "show", "fd00::77"))
        .contains("lladdr 02:00:00:00:00:77")
        .doesNotContain("FAILED");
    assertThat(b.ip("neigh", "show", "10.0.0.1")).isEmpty();
    await()
        .atMost(BOUND)
        .until(() -> packets(arp) > 0 && packets(nd.get(0)) > 0 && packets(nd.get(1)) > 0);
  }

  /**
   * A flow says key and peer of the tunnel; the other end is the kernel's VXLAN. The underlay's
   * address must be on a bridge of the userspace datapath.
   */
  @Test
  void aFlowSendsIntoATunnelOfItsOwnChoice() throws OpenFlowException {
    Netns peer = Netns.create();
    hosts.add(peer);
    ovs.netns.ip(
        "link", "add", "phy", "type", "veth", "peer", "name", "eth0", "netns", peer.name());
    ovs.netns.ip("link", "set", "phy", "up");
    peer.ip("link", "set", "eth0", "up");
    peer.ip("addr", "add", "10.99.0.2/24", "dev", "eth0");
    peer.ip(
        "link",
        "add",
        "vx0",
        "type",
        "vxlan",
        "id",
        "16772214",
        "dstport",
        "4789",
        "local",
        "10.99.0.2");
    peer.ip("link", "set", "vx0", "up");
    countIpv4(peer, "vx0");
    ovs.vsctl("add-br", "br-phy", "--", "set", "bridge", "br-phy", "datapath_type=netdev");
    ovs.vsctl("add-port", "br-phy", "phy");
    ovs.netns.ip("addr", "add", "10.99.0.1/24", "dev", "br-phy");
    ovs.netns.ip("link", "set", "br-phy", "up");
    ovs.vsctl(
        "add-port",
        "br0",
        "tun-mig",
        "--",
        "set",
        "interface",
        "tun-mig",
        "type=vxlan",
        "options:remote_ip=flow",
        "options:key=flow");
    ovs.netns.run("ping", "-q", "-n", "-c", "1", "-w", "10", "10.99.0.2");
    a.ip("neigh", "replace", "10.0.0.119", "lladdr", "02:00:00:00:00:77", "dev", "eth0");
    Flow toPeer =
        Flow.of(
            0,
            400,
            OURS,
            Match.ANY.ethDst(NOBODY).ethSrc(MAC_A),
            set(Field.TUNNEL_ID, Value.u64(16777215 - 5001)),
            set(Field.TUN_IPV4_DST, Value.ipv4(0x0a630002)),
            new Action.Output(port("tun-mig")));
    add(toPeer);
    await()
        .atMost(BOUND)
        .until(
            () -> {
              pingsIntoNothing("10.0.0.119");
              return counted(peer) > 0;
            });
    long before = counted(peer);
    pingsIntoNothing("10.0.0.119");
    assertThat(counted(peer) - before).isEqualTo(PINGS);
  }
}
