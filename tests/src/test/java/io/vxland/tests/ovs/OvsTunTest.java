package io.vxland.tests.ovs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.vxland.tests.lab.Lab;
import io.vxland.tests.lab.LabExtension;
import io.vxland.tests.lab.Transfer;
import io.vxland.tests.networks.Background;
import io.vxland.tests.networks.Endpoint;
import io.vxland.tests.networks.FloatingAddress;
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
 * A network on Open vSwitch by one command for each host, VMs in it on three hosts, a live
 * migration, and nothing left in the end. The tests run in order, for they share VMs and endpoints.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class OvsTunTest {
  @RegisterExtension
  static final LabExtension LAB = new LabExtension(() -> Lab.up("ovstun", 3, "--ovs"));

  private static final String BRIDGE = "br-extun";

  /** What the blog posts have people type, and where the VNI goes. */
  private static final String TYPED =
      """
      <network>
        <name>ovs-tun</name>
        <metadata><vx:overlay xmlns:vx='urn:vxland:network:1' vni='5001' template='ovs-tun'/></metadata>
        <forward mode='bridge'/>
        <bridge name='br-extun'/>
        <virtualport type='openvswitch'/>
      </network>
      """;

  private static final List<OvsHost> hosts = new ArrayList<>();
  private static final List<List<String>> before = new ArrayList<>();
  private static final List<Endpoint> probes = new ArrayList<>();

  @BeforeAll
  static void defineTheNetworkAndStartTheVms() {
    Lab lab = LAB.lab();
    Host.all(lab, 3).forEach(host -> hosts.add(new OvsHost(host)));
    for (OvsHost each : hosts) {
      before.add(each.shown());
      each.define("ovs-tun", 5001);
    }
    lab.guest(1, "a", "--network", "ovs-tun", "--ip", "10.7.0.1/24", "--mtu", "1450").must();
    lab.guest(2, "b", "--network", "ovs-tun", "--ip", "10.7.0.2/24", "--mtu", "1450").must();
    for (OvsHost each : hosts) {
      probes.add(each.plug("probe", BRIDGE, probeOn(each)));
    }
    lab.waitGuest(1, "a").must();
    lab.waitGuest(2, "b").must();
  }

  private static OvsHost host(int index) {
    return hosts.get(index - 1);
  }

  private static Endpoint probe(int index) {
    return probes.get(index - 1);
  }

  private static String probeOn(OvsHost host) {
    return "10.7.0.10" + host.host().index();
  }

  private static void inGuest(int host, String guest, String command) {
    LAB.lab().inGuest(host, guest, command).must();
  }

  @Test
  @Order(1)
  void theXmlIsWhatAPersonWouldWrite() {
    String printed =
        host(1)
            .host()
            .run(
                "vxctl",
                "network",
                "define",
                "ovs-tun",
                "--template",
                "ovs-tun",
                "--vni",
                "5001",
                "--print")
            .must();

    assertThat(printed).isEqualTo(TYPED);
  }

  /** Of VRRP's address libvirt knows nothing: whoever speaks with its MAC address has it. */
  @Test
  @Order(3)
  void anAddressThatMovesWithItsMacIsReachedFromEverywhereAtOnce() {
    Endpoint former = host(1).plug("former", BRIDGE, "10.7.0.131");
    FloatingAddress floating = new FloatingAddress("10.7.0.100/24", List.of(former, probe(3)));
    for (int host : List.of(1, 2, 1, 2)) {
      floating.mustBeReachedAt(probe(host));
      floating.endAt(probe(host));
    }
    former.remove();
  }

  @Test
  @Order(2)
  void oneCommandForEachHostMakesBridgeAndTunnels() {
    mustLead(1, "10.99.0.2", "10.99.0.3");
    mustLead(2, "10.99.0.1", "10.99.0.3");
    mustLead(3, "10.99.0.1", "10.99.0.2");
    for (OvsHost each : hosts) {
      assertThat(each.get("Bridge", BRIDGE, "external_ids")).isEqualTo("{vxland=bridge}");
      assertThat(each.get("Bridge", BRIDGE, "datapath_type")).isEqualTo("netdev");
      assertThat(each.host().link(BRIDGE).path("mtu").asInt()).isEqualTo(1450);
      for (String tunnel : List.of("tun-vxlan0", "tun-vxlan1")) {
        assertThat(each.get("Interface", tunnel, "type")).isEqualTo("vxlan");
        assertThat(each.get("Interface", tunnel, "error")).isEqualTo("[]");
        assertThat(each.get("Port", tunnel, "protected")).isEqualTo("true");
        assertThat(each.get("Port", tunnel, "tag")).isEqualTo("[]");
        assertThat(each.get("Port", tunnel, "external_ids")).isEqualTo("{vxland=\"vni=5001\"}");
      }
      assertThat(each.host().isActive("ovs-tun")).isTrue();
      each.host().awaitEmptyPlan();
    }
    assertThat(LAB.lab().daemon(1, "log").must()).contains("made 4 changes to Open vSwitch");
    assertThat(host(1).host().overlayDevices()).as("the kernel's own").isEmpty();
    for (int index = 1; index <= 2; index++) {
      String tap = host(index).tapOf(index == 1 ? "a" : "b");
      assertThat(host(index).vsctl("port-to-br", tap)).isEqualTo(BRIDGE);
      assertThat(host(index).host().link(tap).path("mtu").asInt()).isEqualTo(1500);
    }
  }

  private static void mustLead(int index, String... peers) {
    String options = "{dst_port=\"4789\", key=\"5001\", local_ip=\"%s\", remote_ip=\"%s\"}";
    String local = host(index).host().vtep();
    assertThat(host(index).tunnels(BRIDGE))
        .isEqualTo(
            Map.of(
                "tun-vxlan0", options.formatted(local, peers[0]),
                "tun-vxlan1", options.formatted(local, peers[1])));
  }

  @Test
  @Order(3)
  void aBroadcastReachesEveryOtherHostExactlyOnce() {
    Broadcast.mustReachEachOnce(
        probes,
        hosts.stream().map(OvsTunTest::probeOn).toList(),
        OvsTunTest::mustPingBetweenProbes);
  }

  /** Both ways of all pairs; some tries, for a tunnel drops packets until it has its peer's MAC. */
  private static void mustPingBetweenProbes() {
    for (Endpoint from : probes) {
      for (OvsHost to : hosts) {
        if (!from.host().equals(to.host())) {
          from.run("ping", "-c", "3", "-i", "0.1", "-W", "10", probeOn(to)).must();
        }
      }
    }
  }

  @Test
  @Order(4)
  void vmsPingTransferAndAreReachedFromEverywhereAfterALiveMigration() {
    Lab lab = LAB.lab();
    inGuest(1, "a", "ping -c 3 10.7.0.2");
    probe(3).mustHaveMtu(1450, "10.7.0.1");
    String sent = Transfer.checksumOfServed(lab, 1, "a");
    assertThat(Transfer.checksumOfReceived(lab, 2, "b", "10.7.0.1")).isEqualTo(sent);

    try (Background ping = Background.in(probe(1), "ping -i 0.02 10.7.0.2")) {
      ping.awaitOutput("icmp_seq=20 ");
      lab.migrate(2, 3, "b").must();
      long answers = ping.output().lines().count();
      await("the ping that ran all the time is answered again")
          .atMost(Host.SOON)
          .until(() -> ping.output().lines().count() > answers + 50);
    }

    assertThat(host(2).host().run("virsh", "list", "--name").must()).isBlank();
    assertThat(host(3).vsctl("port-to-br", host(3).tapOf("b"))).isEqualTo(BRIDGE);
    assertThat(host(2).vsctl("list-ports", BRIDGE)).doesNotContain("vnet");
    assertThat(host(3).host().vxctl("port", "list").findValuesAsText("domain"))
        .containsExactly("b");
    await("h2 has let go of it")
        .atMost(Host.SOON)
        .until(() -> host(2).host().answer("/v1/ports").isEmpty());
    inGuest(1, "a", "ping -c 2 10.7.0.2");
    inGuest(3, "b", "ping -c 2 10.7.0.1");
    probes.forEach(probe -> probe.mustPing("10.7.0.2"));
    assertThat(Transfer.checksumOfReceived(lab, 3, "b", "10.7.0.1")).isEqualTo(sent);
    assertThat(lab.console("b")).containsOnlyOnce("lab: b is ready");
    hosts.forEach(each -> each.host().awaitEmptyPlan());
  }

  @Test
  @Order(5)
  void aDaemonThatIsKilledAndStartedLosesNoPacketAndWritesNothing() {
    Host one = host(1).host();
    one.awaitEmptyPlan();
    Map<String, ?> database = host(1).database();
    List<String> shown = host(1).shown();
    try (Background ping = Background.in(probe(1), "ping -i 0.01 10.7.0.103")) {
      ping.awaitOutput("icmp_seq=50 ");

      one.lab().daemon(1, "kill9").must();
      one.lab().daemon(1, "start").must();

      await("vxland sees libvirt").atMost(Host.SOON).until(one::seesLibvirt);
      one.awaitEmptyPlan();
      long answers = ping.output().lines().count();
      await("more answers")
          .atMost(Host.SOON)
          .until(() -> ping.output().lines().count() > answers + 100);
      ping.mustHaveLostNothing(200);
    }
    assertThat(host(1).database()).isEqualTo(database);
    assertThat(host(1).shown()).isEqualTo(shown);
  }

  @Test
  @Order(6)
  void networksOnOneBridgeAreKeptApartByTheirTagsWhichDoNotLeaveTheHost() {
    for (OvsHost each : hosts) {
      each.define("red", 5011, "--bridge", "br-shared", "--tag", "11");
      each.define("green", 5012, "--bridge", "br-shared", "--tag", "12");
    }
    LAB.lab().guest(3, "c", "--network", "red", "--ip", "10.8.0.3/24", "--mtu", "1450").must();
    Endpoint redOne = host(1).plug("red1", "br-shared", "10.8.0.1", "--tag", "11");
    Endpoint redTwo = host(2).plug("red2", "br-shared", "10.8.0.2", "--tag", "11");
    Endpoint greenOne = host(1).plug("green1", "br-shared", "10.8.0.11", "--tag", "12");
    Endpoint greenTwo = host(2).plug("green2", "br-shared", "10.8.0.12", "--tag", "12");
    LAB.lab().waitGuest(3, "c").must();
    assertThat(host(3).get("Port", host(3).tapOf("c"), "tag")).isEqualTo("11");

    try (Background wire =
        Background.in(host(2).host(), "tcpdump --immediate-mode -lnne -i eth0 udp dst port 4789")) {
      wire.awaitOutput("listening on");
      assertThat(redOne.reaches("10.8.0.2")).isTrue();
      assertThat(redTwo.reaches("10.8.0.3")).isTrue();
      assertThat(greenOne.reaches("10.8.0.12")).isTrue();
      inGuest(3, "c", "ping -c 2 10.8.0.1");

      assertThat(redOne.reaches("10.8.0.11")).as("from red to green on one host").isFalse();
      assertThat(redOne.reaches("10.8.0.12")).as("from red to green on another host").isFalse();
      assertThat(greenTwo.reaches("10.8.0.3")).as("from green to a VM in red").isFalse();

      wire.awaitOutput("vni 5012");
      String seen = wire.stop();
      assertThat(seen).contains("vni 5011", "10.8.0.1 > 10.8.0.2: ICMP echo request");
      assertThat(seen).doesNotContain("802.1Q").doesNotContain("vlan");
    }

    for (OvsHost each : hosts) {
      assertThat(each.tunnels("br-shared")).hasSize(4);
      each.host().awaitEmptyPlan();
    }
    aTapInAnotherVlanIsToldOf(host(3).tapOf("c"));
    Host three = host(3).host();
    three.run("vxctl", "network", "delete", "green").must();
    assertThat(three.run("vxctl", "network", "delete", "red").err()).contains("VM 'c'");
    await("the tunnels of green have gone")
        .atMost(Host.SOON)
        .until(() -> host(3).tunnels("br-shared").size() == 2);
    assertThat(redOne.reaches("10.8.0.3")).isTrue();
    three.run("virsh", "-q", "destroy", "c").must();
    List.of(redOne, redTwo, greenOne, greenTwo).forEach(Endpoint::remove);
  }

  private static void aTapInAnotherVlanIsToldOf(String tap) {
    Host three = host(3).host();
    host(3).vsctl("set", "Port", tap, "tag=12");
    String advice = "ovs-vsctl set Port " + tap + " tag=11";
    await("h3 tells what to do")
        .atMost(Host.SOON)
        .until(() -> three.lab().answer(3, "/v1/status").contains(advice));
    assertThat(three.run("vxctl", "status").out()).contains("VM 'c': its tap " + tap);
    three.sh(advice);
    three.awaitEmptyPlan();
  }

  @Test
  @Order(7)
  void deletingTheNetworksLeavesOpenVswitchAsItWas() {
    Host one = host(1).host();
    probes.forEach(Endpoint::remove);
    LAB.lab().host(3, "virsh", "-q", "destroy", "b").must();
    for (OvsHost each : hosts) {
      for (JsonNode network : each.host().vxctl("network", "list")) {
        String name = network.path("name").asText();
        each.host().run("vxctl", "network", "delete", "--force", name).must();
      }
    }
    host(1).awaitNoBridge("br-shared");
    assertThat(one.run("vxctl", "status").out())
        .contains("bridge br-extun", host(1).tapOf("a"), "stays");
    one.run("virsh", "-q", "destroy", "a").must();

    for (OvsHost each : hosts) {
      each.awaitNoBridge(BRIDGE);
      each.awaitNoBridge("br-shared");
      assertThat(each.shown()).isEqualTo(before.get(each.host().index() - 1));
      each.host().awaitEmptyPlan();
    }
  }
}
