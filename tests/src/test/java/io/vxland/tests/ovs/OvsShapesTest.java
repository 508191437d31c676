package io.vxland.tests.ovs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.vxland.tests.lab.Lab;
import io.vxland.tests.lab.LabExtension;
import io.vxland.tests.networks.Endpoint;
import io.vxland.tests.networks.Host;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Networks on Open vSwitch over five hosts, with other tunnels than VXLAN's, and over IPv6. The
 * tests run in order, for they share the hosts.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class OvsShapesTest {
  private static final int HOSTS = 5;

  @RegisterExtension
  static final LabExtension LAB =
      new LabExtension(() -> Lab.up("ovsshapes", HOSTS, "--ovs", "--underlay", "both"));

  private static final String BRIDGE = "br-extun";

  private static final List<OvsHost> hosts = new ArrayList<>();
  private static final List<List<String>> before = new ArrayList<>();
  private static final List<Endpoint> probes = new ArrayList<>();

  @BeforeAll
  static void defineTheNetwork() {
    Host.all(LAB.lab(), HOSTS).forEach(host -> hosts.add(new OvsHost(host)));
    for (OvsHost each : hosts) {
      before.add(each.shown());
      each.define("ovs-tun", 5001);
      probes.add(each.plug("probe", BRIDGE, address(each)));
    }
  }

  private static OvsHost host(int index) {
    return hosts.get(index - 1);
  }

  private static Endpoint probe(int index) {
    return probes.get(index - 1);
  }

  private static String address(OvsHost host) {
    return "10.7.0.10" + host.host().index();
  }

  /** A tunnel drops packets until it has its peer's MAC. */
  private static void awaitReach(Endpoint from, String to) {
    await(from + " reaches " + to)
        .atMost(Host.SOON)
        .until(() -> from.run("ping", "-c", "1", "-W", "1", to).ok());
  }

  private static void mustReachEachOther() {
    for (OvsHost from : hosts) {
      for (OvsHost to : hosts) {
        if (!from.equals(to)) {
          awaitReach(probe(from.host().index()), address(to));
        }
      }
    }
  }

  @Test
  @Order(1)
  void aBroadcastReachesEachOfFiveHostsExactlyOnce() {
    Broadcast.mustReachEachOnce(
        probes,
        hosts.stream().map(OvsShapesTest::address).toList(),
        OvsShapesTest::mustReachEachOther);
  }

  @Test
  @Order(2)
  void whatASwitchHasLearnedIsShownWithHostAndPort() {
    awaitReach(probe(2), address(host(1)));
    Map<String, String> places = new TreeMap<>();
    for (JsonNode entry : host(1).host().vxctl("fdb", "--network", "ovs-tun")) {
      assertThat(entry.path("difference").asText()).isEqualTo("none");
      places.merge(
          entry.path("mac").asText(),
          entry.path("vtep").asText()
              + " "
              + entry.path("port").asText()
              + " "
              + entry.path("owner").asText(),
          (one, other) -> one + ", " + other);
    }
    assertThat(places)
        .containsEntry(mac(1), "10.99.0.1 probe learned")
        .containsEntry(mac(2), "10.99.0.2 tun-vxlan0 learned")
        .containsEntry(
            "flood",
            "10.99.0.2 tun-vxlan0 ours, 10.99.0.3 tun-vxlan1 ours, 10.99.0.4 tun-vxlan2 ours,"
                + " 10.99.0.5 tun-vxlan3 ours");
  }

  private static String mac(int index) {
    return probe(index)
        .run("sh", "-c", "ip -br link show eth0 | awk '{ print $3 }'")
        .must()
        .strip();
  }

  @Test
  @Order(3)
  void geneveWithBfdAndGreCarryNetworksBesideVxlan() {
    for (int index = 1; index <= 2; index++) {
      host(index)
          .host()
          .configure(
              """
              [network gen]
              tunnel = geneve
              port = 6081
              bfd = yes
              [network gre]
              tunnel = gre
              """);
      host(index).define("gen", 5021, "--bridge", "br-gen");
      host(index).define("gre", 5022, "--bridge", "br-gre");
    }
    Endpoint geneve = host(1).plug("gen", "br-gen", "10.8.1.1");
    host(2).plug("gen", "br-gen", "10.8.1.2");
    Endpoint gre = host(1).plug("gre", "br-gre", "10.8.2.1");
    host(2).plug("gre", "br-gre", "10.8.2.2");
    awaitReach(geneve, "10.8.1.2");
    awaitReach(gre, "10.8.2.2");
    awaitReach(probe(1), address(host(2)));

    await("BFD has seen the other end")
        .atMost(Host.SOON)
        .until(() -> tunnels(1, "gen").equals(List.of("up", "down", "down", "down")));
    assertThat(tunnels(1, "gre")).containsOnly("");
    String shown = host(1).host().run("vxctl", "network", "show", "gen").must();
    assertThat(shown).containsPattern("tun-geneve0 +10\\.99\\.0\\.2 +geneve +up");
    assertThat(host(1).get("Interface", "tun-gre0", "type")).isEqualTo("gre");
    for (int index = 1; index <= 2; index++) {
      host(index).host().awaitEmptyPlan();
      assertThat(host(index).get("Interface", "tun-geneve0", "error")).isEqualTo("[]");
    }
  }

  /** BFD's states of a network's tunnels, by host. */
  private static List<String> tunnels(int index, String network) {
    List<String> states = new ArrayList<>();
    host(index)
        .host()
        .vxctl("network", "show", network)
        .at("/onSwitch/tunnels")
        .forEach(tunnel -> states.add(tunnel.path("bfd").asText()));
    return states;
  }

  @Test
  @Order(4)
  void theHostsMoveToIpv6AndTheNetworksWithThem() {
    for (OvsHost each : hosts.subList(0, 2)) {
      List<String> peers =
          IntStream.rangeClosed(1, HOSTS)
              .filter(index -> index != each.host().index())
              .mapToObj(index -> "fd99::" + index)
              .toList();
      each.host()
          .sh(
              "sed -i -e 's/^address = .*/address = fd99::"
                  + each.host().index()
                  + "/' -e 's/^peers = .*/peers = "
                  + String.join(", ", peers)
                  + "/' /etc/vxland/vxland.conf");
      each.host().lab().daemon(each.host().index(), "reload").must();
    }
    for (OvsHost each : hosts.subList(0, 2)) {
      each.host().awaitEmptyPlan();
      assertThat(each.tunnels(BRIDGE).values())
          .hasSize(HOSTS - 1)
          .allMatch(options -> options.contains("remote_ip=\"fd99::"));
      assertThat(each.host().link(BRIDGE).path("mtu").asInt()).isEqualTo(1430);
    }
    awaitReach(probe(1), address(host(2)));
    awaitReach(new Endpoint(host(1).host(), "gen"), "10.8.1.2");
    awaitReach(new Endpoint(host(1).host(), "gre"), "10.8.2.2");
    assertThat(host(1).host().vxctl("fdb").findValuesAsText("vtep")).contains("fd99::2");
  }

  @Test
  @Order(5)
  void deletingTheNetworksLeavesOpenVswitchAsItWas() {
    for (OvsHost each : hosts) {
      probe(each.host().index()).remove();
      if (each.host().index() <= 2) {
        new Endpoint(each.host(), "gen").remove();
        new Endpoint(each.host(), "gre").remove();
      }
      for (JsonNode network : each.host().vxctl("network", "list")) {
        each.host().run("vxctl", "network", "delete", network.path("name").asText()).must();
      }
    }
    for (OvsHost each : hosts) {
      List.of(BRIDGE, "br-gen", "br-gre").forEach(each::awaitNoBridge);
      assertThat(each.shown()).isEqualTo(before.get(each.host().index() - 1));
      each.host().awaitEmptyPlan();
    }
  }
}
