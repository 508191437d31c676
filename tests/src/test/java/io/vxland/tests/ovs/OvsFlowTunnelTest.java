package io.vxland.tests.ovs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vxland.tests.lab.Lab;
import io.vxland.tests.lab.LabExtension;
import io.vxland.tests.migration.Probe;
import io.vxland.tests.networks.Background;
import io.vxland.tests.networks.Endpoint;
import io.vxland.tests.networks.Host;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * One tunnel port for two networks on three hosts ({@code tunnels = flow}). The tests run in order,
 * for they share endpoints.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class OvsFlowTunnelTest {
  @RegisterExtension
  static final LabExtension LAB = new LabExtension(() -> Lab.up("ovsflow", 3, "--ovs"));

  private static final String BRIDGE = "br-shared";
  private static final String MOVING = "52:54:00:08:08:08";
  private static final String CONFIGURATION =
      "[network red]\ntunnels = flow\n[network green]\ntunnels = flow\n";

  private static final List<OvsHost> hosts = new ArrayList<>();
  private static final List<List<String>> before = new ArrayList<>();
  private static final List<Endpoint> red = new ArrayList<>();
  private static final List<Endpoint> green = new ArrayList<>();

  @BeforeAll
  static void defineTheNetworks() {
    Host.all(LAB.lab(), 3).forEach(host -> hosts.add(new OvsHost(host)));
    for (OvsHost each : hosts) {
      before.add(each.shown());
      each.host().configure(CONFIGURATION);
      each.define("red", 5011, "--bridge", BRIDGE, "--tag", "11");
      each.define("green", 5012, "--bridge", BRIDGE, "--tag", "12");
    }
    for (OvsHost each : hosts) {
      each.host().awaitEmptyPlan();
      red.add(each.plug("red", BRIDGE, address(8, each), "--tag", "11"));
      green.add(each.plug("green", BRIDGE, address(9, each), "--tag", "12"));
    }
  }

  private static String address(int network, OvsHost host) {
    return "10." + network + ".0." + host.host().index();
  }

  private static OvsHost host(int index) {
    return hosts.get(index - 1);
  }

  private static void mustPingEverywhere() {
    for (int network : List.of(8, 9)) {
      for (Endpoint from : network == 8 ? red : green) {
        for (OvsHost to : hosts) {
          if (!from.host().equals(to.host())) {
            from.run("ping", "-c", "3", "-i", "0.1", "-W", "10", address(network, to)).must();
          }
        }
      }
    }
  }

  @Test
  @Order(1)
  void onePortServesThreeHostsAndTwoNetworksWhichAreKeptApart() {
    for (OvsHost each : hosts) {
      assertThat(each.tunnels(BRIDGE))
          .isEqualTo(
              Map.of(
                  "tun-vxlan0",
                  "{dst_port=\"4789\", key=flow, local_ip=\"%s\", remote_ip=flow}"
                      .formatted(each.host().vtep())));
      assertThat(each.get("Interface", "tun-vxlan0", "error")).isEqualTo("[]");
      assertThat(each.get("Port", "tun-vxlan0", "external_ids")).isEqualTo("{vxland=tunnel}");
    }
    try (Background wire =
        Background.in(host(2).host(), "tcpdump --immediate-mode -lnne -i eth0 udp dst port 4789")) {
      wire.awaitOutput("listening on");
      mustPingEverywhere();
      assertThat(red.get(0).reaches(address(9, host(1)))).as("on one host").isFalse();
      assertThat(red.get(0).reaches(address(9, host(2)))).as("on another").isFalse();
      wire.awaitOutput("vni 5012");
      assertThat(wire.stop())
          .contains("vni 5011", "10.8.0.1 > 10.8.0.2: ICMP echo request")
          .doesNotContain("802.1Q")
          .doesNotContain("vlan");
    }
    hosts.forEach(each -> each.host().awaitEmptyPlan());
  }

  @Test
  @Order(2)
  void aBroadcastReachesEveryOtherHostExactlyOnceAndNoOtherNetwork() {
    List<Background> captures = new ArrayList<>();
    try {
      for (Endpoint each : red) {
        captures.add(capture(each));
      }
      for (Endpoint each : green) {
        captures.add(capture(each));
      }
      red.get(0)
          .run("sh", "-c", "echo once | socat -u - UDP4-DATAGRAM:10.8.0.255:9,broadcast")
          .must();
      // What another host had passed on would arrive before that host's own packets.
      mustPingEverywhere();
      for (int i = 0; i < captures.size(); i++) {
        int network = i < 3 ? 8 : 9;
        OvsHost here = hosts.get(i % 3);
        for (OvsHost other : hosts) {
          if (!other.equals(here)) {
            captures
                .get(i)
                .awaitOutput(
                    address(network, other) + " > " + address(network, here) + ": ICMP echo req");
          }
        }
        assertThat(captures.get(i).stop().lines().filter(line -> line.contains(".255.9:")))
            .as("copies on %s in 10.%s", here.host(), network)
            .hasSize(i == 1 || i == 2 ? 1 : 0);
      }
    } finally {
      captures.forEach(Background::close);
    }
  }

  private static Background capture(Endpoint endpoint) {
    return Background.in(
            endpoint,
            "tcpdump --immediate-mode -lnn -Q in -i eth0"
                + " 'udp dst port 9 or icmp[icmptype] == icmp-echo'")
        .awaitOutput("listening on");
  }

  @Test
  @Order(3)
  void aLearnedCardsFramesGoToItsHostAloneAndThoseOfTwoCardsHereToNone() {
    Endpoint second = host(1).plug("red9", BRIDGE, "10.8.0.9", "--tag", "11");
    second.mustPing("10.8.0.1");
    red.get(0).mustPing("10.8.0.2");
    try (Background two = sent("10.99.0.2");
        Background three = sent("10.99.0.3")) {
      second.mustPing("10.8.0.1");
      red.get(0).mustPing("10.8.0.2");
      two.awaitOutput("10.8.0.1 > 10.8.0.2: ICMP echo request");
      red.get(0).run("ping", "-b", "-c", "1", "-W", "1", "10.8.0.255");
      two.awaitOutput("10.8.0.255: ICMP echo request");
      three.awaitOutput("10.8.0.255: ICMP echo request");
      assertThat(two.stop()).doesNotContain("10.8.0.9 > ").doesNotContain("> 10.8.0.9");
      assertThat(three.stop()).doesNotContain("> 10.8.0.2:").doesNotContain("10.8.0.9 > ");
    }
    second.remove();
  }

  private static Background sent(String to) {
    return Background.in(
            host(1).host(),
            "tcpdump --immediate-mode -lnn -Q out -i eth0 udp dst port 4789 and dst host " + to)
        .awaitOutput("listening on");
  }

  @Test
  @Order(4)
  void itLearnsAndForwardsWithoutTheDaemon() {
    List<String> shown;
    LAB.lab().daemon(1, "stop").must();
    try {
      // What a system sends by itself may be learned again at once, but not of all cards.
      host(1).host().run("ovs-ofctl", "-O", "OpenFlow14", "del-flows", BRIDGE, "table=2").must();
      mustPingEverywhere();
      assertThat(learned(host(1))).as("two cards on each host").hasSizeGreaterThanOrEqualTo(6);
      shown = host(1).flows(BRIDGE);
    } finally {
      LAB.lab().daemon(1, "start").must();
    }
    await("vxland sees libvirt").atMost(Host.SOON).until(host(1).host()::seesLibvirt);
    host(1).host().awaitEmptyPlan();
    assertThat(host(1).flows(BRIDGE)).containsAll(shown);
  }

  private static List<String> learned(OvsHost host) {
    return host.flows(BRIDGE).stream().filter(flow -> flow.contains(" table=2,")).toList();
  }

  @Test
  @Order(5)
  void aCardThatComesUpOnAnotherHostIsFollowedByItsFirstFrame() {
    Endpoint old = host(2).plug("mover", BRIDGE, "10.8.0.8", "--tag", "11", "--mac", MOVING);
    red.get(0).mustPing("10.8.0.8");
    mustBeLearnedAt("0xa630002");
    old.remove();
    Endpoint moved = host(3).plug("mover", BRIDGE, "10.8.0.8", "--tag", "11", "--mac", MOVING);
    moved.run("ping", "-b", "-c", "1", "-W", "1", "10.8.0.255");
    mustBeLearnedAt("0xa630003");
    red.get(0).mustPing("10.8.0.8");
    red.get(1).mustPing("10.8.0.8");
    moved.remove();
  }

  private static void mustBeLearnedAt(String place) {
    await("h1 knows where it is")
        .atMost(Host.SOON)
        .until(
            () ->
                learned(host(1)).stream()
                    .anyMatch(flow -> flow.contains(MOVING) && flow.contains("load:" + place)));
  }

  @Test
  @Order(6)
  void afterOvsVswitchdIsRestartedTheFlowsComeBackAndPingsGoOn() {
    List<String> wanted = ours(host(1));
    LAB.lab().openVswitch(1, "kill9", "vswitchd").must();
    LAB.lab().openVswitch(1, "start", "vswitchd").must();
    await("the flows").atMost(Host.SOON).until(() -> ours(host(1)), wanted::equals);
    host(1).host().awaitEmptyPlan();
    mustPingEverywhere();
  }

  /** All but what the switch has learned. */
  private static List<String> ours(OvsHost host) {
    return host.flows(BRIDGE).stream().filter(flow -> !flow.contains(" table=2,")).toList();
  }

  @Test
  @Order(7)
  void aVmMigratesThroughItsOwnTunnelAndNoPingIsLost() {
    Lab lab = LAB.lab();
    lab.guest(2, "a", "--network", "red", "--ip", "10.8.0.50/24", "--mtu", "1450").must();
    host(1).plug("p", BRIDGE, "10.8.0.101", "--tag", "11");
    host(3).plug("p", BRIDGE, "10.8.0.103", "--tag", "11");
    lab.waitGuest(2, "a").must();
    await("the guarded tunnel")
        .atMost(Host.SOON)
        .until(() -> host(2).vsctl("list-ports", BRIDGE).contains("tun-mig"));
    try (Probe far = Probe.start(lab, 1, "10.8.0.50");
        Probe near = Probe.start(lab, 3, "10.8.0.50")) {
      lab.migrate(2, 3, "a").must();
      Probe.mustHaveLostFew(List.of(far, near));
      hosts.forEach(each -> each.host().awaitEmptyPlan());
      lab.inGuest(3, "a", "ping -c 2 10.8.0.2").must();
    } finally {
      host(3).host().run("virsh", "-q", "destroy", "a");
    }
    new Endpoint(host(1).host(), "p").remove();
    new Endpoint(host(3).host(), "p").remove();
  }

  @Test
  @Order(8)
  void deletingANetworkTakesItsFlowsAndTheLastOneAll() {
    red.forEach(Endpoint::remove);
    for (OvsHost each : hosts) {
      each.host().run("vxctl", "network", "delete", "red").must();
      await("no flow of red is left")
          .atMost(Host.SOON)
          .until(
              () -> each.flows(BRIDGE).stream().noneMatch(flow -> flow.contains("tun_id=0x1393")));
      assertThat(each.tunnels(BRIDGE)).hasSize(1);
    }
    for (Endpoint from : green) {
      for (OvsHost to : hosts) {
        if (!from.host().equals(to.host())) {
          from.mustPing(address(9, to));
        }
      }
    }
    green.forEach(Endpoint::remove);
    for (OvsHost each : hosts) {
      each.host().run("vxctl", "network", "delete", "green").must();
      each.awaitNoBridge(BRIDGE);
      assertThat(each.shown()).isEqualTo(before.get(each.host().index() - 1));
    }
  }
}
