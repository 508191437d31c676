package io.vxland.tests.ovs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.vxland.tests.lab.Lab;
import io.vxland.tests.lab.LabExtension;
import io.vxland.tests.networks.Background;
import io.vxland.tests.networks.Endpoint;
import io.vxland.tests.networks.Host;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What befalls Open vSwitch on a host with a running VM, and what other people do to it. The VM is
 * shared.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class OvsDisturbedTest {
  @RegisterExtension
  static final LabExtension LAB = new LabExtension(() -> Lab.up("ovsdisturb", 2, "--ovs"));

  private static final String BRIDGE = "br-extun";
  private static final String FAR = "10.7.0.2";

  private static OvsHost ovs;
  private static Host one;
  private static Endpoint near;

  @BeforeAll
  static void startTheVm() {
    ovs = new OvsHost(new Host(LAB.lab(), 1));
    one = ovs.host();
    OvsHost two = new OvsHost(new Host(LAB.lab(), 2));
    ovs.define("ovs-tun", 5001);
    two.define("ovs-tun", 5001);
    LAB.lab().guest(1, "a", "--network", "ovs-tun", "--ip", "10.7.0.1/24", "--mtu", "1450").must();
    two.plug("far", BRIDGE, FAR);
    near = ovs.plug("near", BRIDGE, "10.7.0.3");
    LAB.lab().waitGuest(1, "a").must();
    awaitReachFromVm();
  }

  private static void awaitReachFromVm() {
    await("the VM reaches the other host")
        .atMost(Host.SOON)
        .until(() -> LAB.lab().inGuest(1, "a", "ping -c 1 -W 1 " + FAR).ok());
  }

  private static void mustBeWell() {
    one.awaitEmptyPlan();
    assertThat(status().path("inSync").asBoolean()).isTrue();
    awaitReachFromVm();
  }

  private static JsonNode status() {
    return one.answer("/v1/status");
  }

  /** What a status says has to be done, once it says so. */
  private static String awaitAdviceOn(String subject) {
    await("vxctl status speaks of " + subject)
        .atMost(Host.SOON)
        .until(() -> !advice(subject).isEmpty());
    return advice(subject);
  }

  private static String advice(String subject) {
    for (JsonNode problem : status().path("problems")) {
      if (problem.path("subject").asText().equals(subject)) {
        return problem.path("message").asText() + "; " + problem.path("advice").asText();
      }
    }
    return "";
  }

  /** Does what a piece of advice ends with. */
  private static void follow(String advice) {
    one.sh(advice.substring(advice.indexOf("ovs-vsctl ")));
  }

  /** The userspace datapath stands still without it, so that pings in between say nothing. */
  @Test
  @Order(1)
  void afterOvsdbServerDiedVxlandComesBackToItAndTheNetworkStands() {
    Map<String, String> tunnels = ovs.tunnels(BRIDGE);
    one.lab().openVswitch(1, "kill9", "db").must();
    assertThat(awaitAdviceOn("network 'ovs-tun'")).contains("systemctl start openvswitch");
    one.lab().openVswitch(1, "start", "db").must();
    mustBeWell();
    near.mustPing("10.7.0.1");
    assertThat(ovs.tunnels(BRIDGE)).isEqualTo(tunnels);
  }

  @Test
  @Order(2)
  void afterOvsVswitchdDiedTheNetworkComesBackWithItsMtu() {
    Map<String, String> tunnels = ovs.tunnels(BRIDGE);

    one.lab().openVswitch(1, "kill9", "vswitchd").must();
    assertThat(LAB.lab().inGuest(1, "a", "ping -c 1 -W 1 " + FAR).ok()).isFalse();
    assertThat(awaitAdviceOn("network 'ovs-tun'"))
        .startsWith("ovs-vswitchd is not running")
        .endsWith("systemctl start ovs-vswitchd");
    assertThat(status().path("inSync").asBoolean()).isFalse();
    assertThat(one.run("vxctl", "status").out())
        .contains("not in sync, 0 changes pending, and not as it should be: ovs-tun");
    assertThat(one.run("vxctl", "fdb").err()).contains("ovs-vswitchd is not running");
    one.lab().openVswitch(1, "start", "vswitchd").must();

    mustBeWell();
    assertThat(ovs.tunnels(BRIDGE)).isEqualTo(tunnels);
    assertThat(one.link(BRIDGE).path("mtu").asInt()).isEqualTo(1450);
    assertThat(one.link(ovs.tapOf("a")).path("mtu").asInt()).isEqualTo(1500);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "del-port tun-vxlan0",
        "set Interface tun-vxlan0 options:remote_ip=10.99.0.77",
        "set Interface tun-vxlan0 options:key=7",
        "set Interface tun-vxlan0 type=geneve",
        "remove Interface tun-vxlan0 options local_ip",
        "set Port tun-vxlan0 protected=false",
        "set Port tun-vxlan0 tag=9",
        "remove Port tun-vxlan0 external_ids vxland",
        "set Interface br-extun mtu_request=1300",
      })
  @Order(3)
  void whatSomebodyChangesIsPutRight(String command) {
    one.awaitEmptyPlan();
    Map<String, String> tunnels = ovs.tunnels(BRIDGE);

    one.sh("ovs-vsctl " + command);

    await("the tunnel is as it was")
        .atMost(Host.SOON)
        .until(() -> ovs.tunnels(BRIDGE), tunnels::equals);
    mustBeWell();
    assertThat(ovs.get("Interface", "tun-vxlan0", "type")).isEqualTo("vxlan");
    assertThat(ovs.get("Port", "tun-vxlan0", "protected")).isEqualTo("true");
    assertThat(ovs.get("Port", "tun-vxlan0", "tag")).isEqualTo("[]");
    assertThat(ovs.get("Port", "tun-vxlan0", "external_ids")).isEqualTo("{vxland=\"vni=5001\"}");
    assertThat(one.link(BRIDGE).path("mtu").asInt()).isEqualTo(1450);
  }

  @Test
  @Order(3)
  void whatLimitsATapOrATunnelIsLeftAlone() {
    String tap = ovs.tapOf("a");
    Map<String, String> tunnels = ovs.tunnels(BRIDGE);
    one.sh(
        "ovs-vsctl set Interface "
            + tap
            + " ingress_policing_rate=900000"
            + " -- set Port tun-vxlan0 qos=@q -- --id=@q create QoS type=linux-noop");
    String qos = ovs.get("Port", "tun-vxlan0", "qos");
    assertThat(qos).isNotEqualTo("[]");

    one.sh("ovs-vsctl set Interface tun-vxlan0 options:key=7");
    await("the tunnel is as it was")
        .atMost(Host.SOON)
        .until(() -> ovs.tunnels(BRIDGE), tunnels::equals);
    one.lab().daemon(1, "restart").must();
    mustBeWell();

    assertThat(ovs.get("Interface", tap, "ingress_policing_rate")).isEqualTo("900000");
    assertThat(ovs.get("Port", "tun-vxlan0", "qos")).isEqualTo(qos);
    one.sh(
        "ovs-vsctl clear Port tun-vxlan0 qos -- --all destroy QoS -- set Interface "
            + tap
            + " ingress_policing_rate=0");
  }

  @Test
  @Order(4)
  void aTunnelThatSomebodyMadeTheirOwnIsToldOfAndNotDoubled() {
    one.sh(
        "ovs-vsctl remove Port tun-vxlan0 external_ids vxland"
            + " -- set Port tun-vxlan0 protected=false");
    String advice = awaitAdviceOn("network 'ovs-tun'");
    assertThat(advice).contains("is a tunnel to 10.99.0.2 with the key 5001");
    assertThat(ovs.tunnels(BRIDGE)).containsOnlyKeys("tun-vxlan0");
    assertThat(status().path("absent")).hasSize(1);
    follow(advice);
    mustBeWell();
    assertThat(ovs.get("Port", "tun-vxlan0", "protected")).isEqualTo("true");
  }

  @Test
  @Order(4)
  void aBridgeWhoseMarkSomebodyTookIsLeftAloneUntilItIsHandedOver() {
    one.sh("ovs-vsctl br-set-external-id " + BRIDGE + " vxland");
    String advice = awaitAdviceOn("network 'ovs-tun'");
    awaitReachFromVm();
    follow(advice);
    mustBeWell();
    assertThat(ovs.tunnels(BRIDGE)).hasSize(1);
  }

  @Test
  @Order(4)
  void aBridgeThatSomebodyDeletesIsMadeAnewAndTheVmsTapIsPluggedInAgain() {
    String tap = ovs.tapOf("a");
    String marks = "external_ids:attached-mac external_ids:vm-id external_ids:iface-status";
    String before = ovs.vsctl(("get Interface " + tap + " " + marks).split(" "));

    one.sh("ovs-vsctl del-br " + BRIDGE);

    ovs.awaitBridge(BRIDGE);
    await("the tap is in it")
        .atMost(Host.SOON)
        .until(() -> ovs.vsctl("list-ports", BRIDGE).lines().anyMatch(tap::equals));
    assertThat(ovs.vsctl(("get Interface " + tap + " " + marks).split(" "))).isEqualTo(before);
    mustBeWell();
    near.remove();
    near = ovs.plug("near", BRIDGE, "10.7.0.3");
    near.mustPing("10.7.0.1");
  }

  @Test
  @Order(5)
  void aBridgeOfSomebodyElseIsLeftAloneUntilItIsHandedOver() {
    one.sh("ovs-vsctl add-br br-theirs -- set Bridge br-theirs datapath_type=netdev");
    one.sh("ovs-vsctl add-port br-theirs their0 -- set Interface their0 type=internal");
    Map<String, ?> database = ovs.database();
    one.run(
        "vxctl",
        "network",
        "define",
        "theirs",
        "--template",
        "ovs-tun",
        "--vni",
        "5003",
        "--bridge",
        "br-theirs");

    String advice = awaitAdviceOn("network 'theirs'");

    assertThat(advice).contains("vxland did not make it");
    assertThat(ovs.database()).isEqualTo(database);
    follow(advice);
    one.awaitEmptyPlan();
    assertThat(ovs.tunnels("br-theirs")).hasSize(1);
    assertThat(ovs.vsctl("list-ports", "br-theirs")).contains("their0");

    one.run("vxctl", "network", "delete", "--force", "theirs").must();
    assertThat(awaitAdviceOn("bridge br-theirs")).contains("their0", "stays");
    one.sh("ovs-vsctl del-port their0");
    ovs.awaitNoBridge("br-theirs");
    mustBeWell();
  }

  @Test
  @Order(6)
  void whileOpenVswitchIsStoppedABridgeNetworkGoesOnAndTheTroubleIsSaidOnce() {
    one.run("vxctl", "network", "define", "lan", "--vni", "6001").must();
    one.configure("[network lan]\nport = 4790\n");
    one.awaitLink("br6001");
    Endpoint.plug(one, "lan1", "--bridge", "br6001", "--ip", "10.6.0.1/24");
    Endpoint lan = Endpoint.plug(one, "lan2", "--bridge", "br6001", "--ip", "10.6.0.2/24");
    mustBeWell();
    int said = said("Open vSwitch does not answer").size();

    try (Background ping = Background.in(lan, "ping -i 0.01 10.6.0.1")) {
      ping.awaitOutput("icmp_seq=50 ");
      one.lab().openVswitch(1, "stop").must();
      assertThat(awaitAdviceOn("network 'ovs-tun'")).contains("systemctl start openvswitch");
      one.run("ip", "link", "set", "vxlan6001", "nomaster").must();
      await("what is of the kernel is still put right")
          .atMost(Host.SOON)
          .until(() -> one.link("vxlan6001").path("master").asText().equals("br6001"));
      assertThat(synchronised("lan")).isTrue();
      assertThat(synchronised("ovs-tun")).isFalse();

      one.lab().openVswitch(1, "start").must();
      mustBeWell();
      ping.mustHaveLostNothing(100);
    }
    assertThat(said("Open vSwitch does not answer").subList(said, said + 2))
        .satisfiesExactly(
            warning -> assertThat(warning).contains("WARNING", "'ovs-tun'"),
            settled -> assertThat(settled).contains("settled: ", "'ovs-tun'"));
    assertThat(said("Open vSwitch does not answer")).hasSize(said + 2);
    assertThat(synchronised("ovs-tun")).isTrue();
  }

  private static List<String> said(String words) {
    return one.lab().daemon(1, "log").must().lines().filter(line -> line.contains(words)).toList();
  }

  private static boolean synchronised(String network) {
    for (JsonNode each : one.vxctl("network", "list")) {
      if (each.path("name").asText().equals(network)) {
        return each.path("inSync").asBoolean();
      }
    }
    throw new AssertionError("no network " + network);
  }

  /** Two hosts with one are a loop. */
  @Test
  @Order(6)
  void aNicInTheBridgeTakesTheTunnelsAwayUntilItIsTakenOut() {
    one.awaitEmptyPlan();
    Map<String, String> tunnels = ovs.tunnels(BRIDGE);
    assertThat(tunnels).isNotEmpty();
    one.sh("ovs-vsctl add-port br-extun eth1");
    assertThat(awaitAdviceOn("network 'ovs-tun'"))
        .contains("bridge br-extun has eth1 as a port", "ovs-vsctl del-port br-extun eth1");
    await("no tunnels").atMost(Host.SOON).until(() -> ovs.tunnels(BRIDGE).isEmpty());
    assertThat(status().path("inSync").asBoolean()).isFalse();
    one.sh("ovs-vsctl del-port br-extun eth1");
    await("the tunnels are back")
        .atMost(Host.SOON)
        .until(() -> ovs.tunnels(BRIDGE).values().containsAll(tunnels.values()));
    mustBeWell();
  }

  @Test
  @Order(7)
  void aPortOfSomebodyElseIsLeftAloneAndKeepsItsBridge() {
    near.remove();
    one.sh("ovs-vsctl add-port br-extun their1 tag=7 -- set Interface their1 type=internal");
    String theirs = ovs.vsctl("list", "Port", "their1");
    one.lab().daemon(1, "restart").must();
    await("vxland sees libvirt").atMost(Host.SOON).until(one::seesLibvirt);
    mustBeWell();
    assertThat(ovs.vsctl("list", "Port", "their1")).isEqualTo(theirs);

    one.run("virsh", "-q", "destroy", "a").must();
    one.run("vxctl", "network", "delete", "ovs-tun").must();
    assertThat(awaitAdviceOn("bridge br-extun")).contains("[their1]", "stays");
    assertThat(ovs.vsctl("list", "Port", "their1")).isEqualTo(theirs);

    one.sh("ovs-vsctl del-port their1");
    ovs.awaitNoBridge(BRIDGE);
    one.awaitEmptyPlan();
  }
}
