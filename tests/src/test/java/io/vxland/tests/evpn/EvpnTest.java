package io.vxland.tests.evpn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vxland.tests.lab.Lab;
import io.vxland.tests.lab.LabExtension;
import io.vxland.tests.migration.Probe;
import io.vxland.tests.networks.Endpoint;
import io.vxland.tests.networks.FloatingAddress;
import io.vxland.tests.networks.Host;
import io.vxland.tests.networks.Sent;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** VMs of two hosts and a stranger's machines are in one network, by BGP. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class EvpnTest {
  @RegisterExtension
  static final LabExtension LAB = new LabExtension(() -> Lab.up("evpn", 3, "--no-daemon"));

  private static final String VM = "a";
  private static final String MAC = "52:54:00:00:00:0a";
  private static final String ADDRESS = "10.50.0.1";

  private static EvpnHosts hosts;
  private static int source = 1;

  private static Lab lab() {
    return LAB.lab();
  }

  @BeforeAll
  static void standUp() {
    hosts = EvpnHosts.in(lab());
  }

  @Test
  @Order(1)
  void aVmIsKnownBeforeItHasRunAtAll() {
    lab()
        .guest(
            1,
            VM,
            "--network",
            "blue",
            "--mac",
            MAC,
            "--ip",
            ADDRESS + "/24",
            "--mtu",
            "1450",
            "--define-only")
        .must();
    lab().host(1, "virsh", "start", "--paused", VM).must();
    await("the stranger knows where it is")
        .atMost(EvpnHosts.SOON)
        .until(() -> hosts.place(EvpnHosts.STRANGER, MAC).equals("10.99.0.1"));
    assertThat(lab().host(1, "virsh", "domstate", VM).out()).startsWith("paused");
    assertThat(lab().console(VM)).doesNotContain("lab: ");
    hosts.mustPlanNothing(1);
    lab().host(1, "virsh", "resume", VM).must();
    lab().waitGuest(1, VM).must();
  }

  @Test
  @Order(2)
  void vmAndStrangerTalkBothWays() {
    for (int host : List.of(2, EvpnHosts.STRANGER)) {
      lab().inEndpoint(host, "p", "ping", "-c", "3", "-i", "0.2", "-W", "10", ADDRESS).must();
      lab().inGuest(1, VM, "ping -c 3 -W 5 10.50.0.10" + host).must();
    }
    assertThat(lab().host(1, "vxctl", "peers", "--no-legend").must().lines())
        .hasSize(2)
        .allMatch(line -> line.contains("evpn") && line.contains("blue"));
    assertThat(lab().host(2, "vxctl", "fdb", "--no-legend").must().lines())
        .anyMatch(line -> line.contains(MAC) && line.contains("10.99.0.1") && line.contains("evpn"))
        .filteredOn(line -> line.contains("flood") && line.contains("evpn"))
        .hasSize(2);
    hosts.mustBeWell();
  }

  /** zebra counts a bridge's cards among those of its first VXLAN device: it has one. */
  @Test
  @Order(2)
  void theMigrationTunnelIsNoDeviceOfTheBridgeToZebra() throws IOException {
    JsonNode links =
        new ObjectMapper()
            .readTree(lab().host(1, "ip", "-j", "link", "show", "dev", "vxmig5001").must());
    assertThat(links.path(0).has("master")).isFalse();
    assertThat(lab().host(1, "vtysh", "-c", "show evpn mac vni 16772214").must())
        .doesNotContain(" local ");
  }

  private static void mustBeAnsweredForBy(int here) {
    for (int host = 1; host <= EvpnHosts.STRANGER; host++) {
      int there = host;
      await("h" + host + " knows whose " + ADDRESS + " is")
          .atMost(EvpnHosts.SOON)
          .untilAsserted(
              () -> {
                assertThat(hosts.neighbour(there, ADDRESS))
                    .isEqualTo(MAC + (there == here ? " [\"PERMANENT\"]" : " zebra"));
                assertThat(hosts.owner(there, ADDRESS))
                    .isEqualTo(there == here ? "local" : "remote");
              });
    }
  }

  @Test
  @Order(3)
  void theAddressThatAVmWasSeenToHaveIsAnsweredForOnTheOtherHosts() {
    mustBeAnsweredForBy(1);
    assertThat(Sent.whileLookingFor(lab(), 2, ADDRESS)).noneMatch(line -> line.contains("ARP"));
  }

  /** Of VRRP's address libvirt knows nothing: FRR hears where its MAC address sends from. */
  @Test
  @Order(4)
  void anAddressThatMovesWithItsMacIsReachedFromEverywhereAtOnce() {
    List<Host> all = Host.all(lab(), EvpnHosts.STRANGER);
    Endpoint former =
        Endpoint.plug(
            all.get(0), "former", "--bridge", "br5001", "--mtu", "1450", "--ip", "10.50.0.131/24");
    FloatingAddress floating =
        new FloatingAddress("10.50.0.100/24", List.of(former, new Endpoint(all.get(2), "p")));
    for (int host : List.of(0, 1, 0, 1)) {
      Endpoint master = new Endpoint(all.get(host), "p");
      floating.mustBeReachedAt(master);
      floating.endAt(master);
    }
    former.remove();
    hosts.mustBeWell();
  }

  @Test
  @Order(4)
  void theAddressesOfItsMetadataAreAnsweredForBeforeAVmHasRunAtAll() {
    String card = "52:54:00:00:00:0c";
    String address = "10.50.0.3";
    lab().guest(1, "c", "--network", "blue", "--mac", card, "--define-only").must();
    lab()
        .host(
            1,
            "virsh",
            "-q",
            "metadata",
            "c",
            "urn:vxland:port:1",
            "--key",
            "vx",
            "--set",
            "<ports><port mac='" + card + "' addresses='" + address + "'/></ports>",
            "--config")
        .must();
    lab().host(1, "virsh", "-q", "start", "c", "--paused").must();
    for (int host : List.of(2, EvpnHosts.STRANGER)) {
      await("h" + host + " answers for it")
          .atMost(EvpnHosts.SOON)
          .until(() -> hosts.neighbour(host, address).equals(card + " zebra"));
    }
    assertThat(Sent.whileLookingFor(lab(), 2, address)).noneMatch(line -> line.contains("ARP"));
    lab().host(1, "virsh", "-q", "destroy", "c").must();
    for (int host : List.of(1, 2, EvpnHosts.STRANGER)) {
      await("h" + host + " has forgotten it")
          .atMost(EvpnHosts.SOON)
          .until(() -> hosts.neighbour(host, address).isEmpty());
    }
  }

  @Test
  @Order(5)
  void aVmThatMovesLosesFewAndItsSequenceRises() {
    for (int round = 0; round < 2; round++) {
      int destination = 3 - source;
      int before = sequence(source);
      List<Probe> probes =
          List.of(
              Probe.start(lab(), destination, ADDRESS),
              Probe.start(lab(), EvpnHosts.STRANGER, ADDRESS));
      try {
        lab().migrate(source, destination, VM).must();
        await("the stranger's entry has moved")
            .atMost(EvpnHosts.SOON)
            .until(() -> hosts.place(EvpnHosts.STRANGER, MAC).equals("10.99.0." + destination));
        System.out.println("evpn: pings at 2 ms lost " + Probe.mustHaveLostFew(probes));
      } finally {
        probes.forEach(Probe::close);
      }
      assertThat(sequence(destination)).as("its sequence").isGreaterThan(before);
      assertThat(hosts.place(source, MAC)).isEqualTo("10.99.0." + destination);
      mustBeAnsweredForBy(destination);
      source = destination;
      hosts.mustBeWell();
    }
  }

  private static int sequence(int host) {
    assertThat(hosts.card(host, MAC).path("type").asText()).isEqualTo("local");
    return hosts.card(host, MAC).path("localSequence").asInt();
  }

  @Test
  @Order(6)
  void withoutZebraAllStaysAsItIs() {
    List<String> before = hosts.remote(source);
    try (Probe probe = Probe.start(lab(), EvpnHosts.STRANGER, ADDRESS)) {
      lab().frr(source, "kill9", "zebra").must();
      await("it is said")
          .atMost(EvpnHosts.SOON)
          .until(() -> hosts.problems(source).contains("FRR: zebra is not running"));
      hosts.mustPlanNothing(source);
      assertThat(hosts.remote(source)).isEqualTo(before);
      lab().frr(source, "start").must();
      hosts.mustBeWell();
      assertThat(Probe.mustHaveLostFew(List.of(probe))).isNotEmpty();
    }
    assertThat(hosts.remote(source)).isEqualTo(before);
    assertThat(hosts.card(source, MAC).path("type").asText()).isEqualTo("local");
  }

  @Test
  @Order(7)
  void whatFrrTakesAwayWhenItEndsIsNotPutBackByUsAndComesBackWithIt() {
    for (String action : List.of("stop", "kill9")) {
      lab().frr(source, action, "bgpd").must();
      await("it is said")
          .atMost(EvpnHosts.SOON)
          .until(() -> hosts.problems(source).contains("FRR: bgpd is not running"));
      await("the stranger has forgotten it")
          .atMost(EvpnHosts.SOON)
          .until(() -> hosts.place(EvpnHosts.STRANGER, MAC).isEmpty());
      hosts.mustPlanNothing(source);
      assertThat(hosts.flood(EvpnHosts.STRANGER, "vxlan5001")).doesNotContain("10.99.0." + source);
      lab().frr(source, "start").must();
      await("all is back")
          .atMost(EvpnHosts.SOON)
          .until(
              () ->
                  hosts.place(EvpnHosts.STRANGER, MAC).equals("10.99.0." + source)
                      && hosts.flood(EvpnHosts.STRANGER, "vxlan5001").size() == 2);
      hosts.mustBeWell();
      lab()
          .inEndpoint(EvpnHosts.STRANGER, "p", "ping", "-c", "3", "-i", "0.2", "-W", "10", ADDRESS)
          .must();
    }
  }

  /** Two hosts that are also neighbours of each other need no reflector. */
  @Test
  @Order(8)
  void whereASecondSessionStandsOneMayFlapAndNothingIsLost() {
    int other = 3 - source;
    for (int host = 1; host < EvpnHosts.STRANGER; host++) {
      hosts.configure(
          host, "mode = evpn\n[evpn]\nas = 65000\npeers = 10.99.0.3, 10.99.0." + (3 - host) + "\n");
      lab().daemon(host, "reload").must();
    }
    hosts.awaitRoutes(source, other);
    hosts.awaitRoutes(other, source);
    hosts.mustBeWell();
    try (Probe probe = Probe.start(lab(), other, ADDRESS)) {
      for (int round = 0; round < 3; round++) {
        lab().frr(EvpnHosts.STRANGER, "kill9", "bgpd").must();
        await("it is said")
            .atMost(EvpnHosts.SOON)
            .until(
                () ->
                    hosts.problems(source).stream()
                        .anyMatch(each -> each.startsWith("BGP session with 10.99.0.3")));
        assertThat(hosts.place(other, MAC)).isEqualTo("10.99.0." + source);
        lab().frr(EvpnHosts.STRANGER, "start").must();
        hosts.mustBeWell();
      }
      assertThat(probe.lost()).isZero();
    }
    for (int host = 1; host < EvpnHosts.STRANGER; host++) {
      hosts.configure(host, "mode = evpn\n[evpn]\nas = 65000\npeers = 10.99.0.3\n");
      lab().daemon(host, "reload").must();
    }
    hosts.mustBeWell();
  }

  /** What has no known place still goes to the hosts that are configured. */
  @Test
  @Order(9)
  void whereThePeersAreConfiguredTooBgpMayEndOnAllHosts() {
    int other = 3 - source;
    String evpn = "[evpn]\nas = 65000\npeers = 10.99.0.3\n";
    for (int host = 1; host < EvpnHosts.STRANGER; host++) {
      hosts.configure(host, "mode = evpn\npeers = 10.99.0." + (3 - host) + "\n" + evpn);
      lab().daemon(host, "reload").must();
    }
    hosts.mustBeWell();
    for (int host : List.of(EvpnHosts.STRANGER, source, other)) {
      lab().frr(host, "kill9", "bgpd").must();
    }
    await("it is said")
        .atMost(EvpnHosts.SOON)
        .until(
            () ->
                hosts.problems(source).contains("FRR: bgpd is not running")
                    && hosts.place(other, MAC).isEmpty());
    for (int destination : List.of(other, source)) {
      for (int host : List.of(source, other)) {
        lab().inEndpoint(host, "p", "ping", "-c", "3", "-i", "0.2", "-W", "10", ADDRESS).must();
      }
      lab().migrate(3 - destination, destination, VM).must();
    }
    for (int host : List.of(source, other)) {
      lab().inEndpoint(host, "p", "ping", "-c", "3", "-i", "0.2", "-W", "10", ADDRESS).must();
    }
    for (int host = 1; host <= EvpnHosts.STRANGER; host++) {
      lab().frr(host, "start").must();
    }
    await("all is back")
        .atMost(EvpnHosts.SOON)
        .until(() -> hosts.place(other, MAC).equals("10.99.0." + source));
    hosts.mustBeWell();
    for (int host = 1; host < EvpnHosts.STRANGER; host++) {
      hosts.configure(host, "mode = evpn\n" + evpn);
      lab().daemon(host, "reload").must();
    }
    hosts.mustBeWell();
  }

  @Test
  @Order(10)
  void frrThatHasForgottenItsConfigurationGetsIt() {
    lab().frr(source, "stop").must();
    lab().frrConfiguration(source, "hostname h" + source + "\n").must();
    lab().frr(source, "start").must();
    await("the stranger knows again where it is")
        .atMost(EvpnHosts.SOON)
        .until(() -> hosts.place(EvpnHosts.STRANGER, MAC).equals("10.99.0." + source));
    hosts.mustBeWell();
    assertThat(lab().host(source, "cat", "/etc/frr/frr.conf").must())
        .contains("neighbor 10.99.0.3 peer-group vxland");
  }

  @Test
  @Order(11)
  void aCardAtTwoHostsIsShown() {
    String card = "52:54:00:00:00:0b";
    List<Integer> both = List.of(1, EvpnHosts.STRANGER);
    for (int host : both) {
      lab().endpoint(host, "q", "--bridge", "br5001", "--mac", card, "--ip", "10.50.0.2/24").must();
    }
    for (int i = 0; i < 20 && problemsOf(card).isEmpty(); i++) {
      for (int host : both) {
        await("another host has heard")
            .atMost(EvpnHosts.SOON)
            .until(
                () -> {
                  lab().inEndpoint(host, "q", "ping", "-c", "1", "-W", "1", "10.50.0.102");
                  return hosts.place(2, card).equals("10.99.0." + host);
                });
      }
    }
    await("it is shown")
        .atMost(EvpnHosts.SOON)
        .untilAsserted(
            () ->
                assertThat(problemsOf(card))
                    .anyMatch(problem -> problem.contains("moved too often")));
    for (int host : both) {
      lab().endpoint(host, "q", "--delete").must();
      // One of the two is gone already.
      lab().host(host, "vtysh", "-c", "clear evpn dup-addr vni 5001 mac " + card);
    }
    hosts.mustBeWell();
  }

  private static List<String> problemsOf(String card) {
    return hosts.problems(1).stream().filter(problem -> problem.contains(card)).toList();
  }

  @Test
  @Order(12)
  void aRunningHostGoesOverToEvpnAndBackAndLosesNothing() {
    int other = 3 - source;
    try (Probe probe = Probe.start(lab(), other, ADDRESS)) {
      for (String control :
          List.of(
              "mode = static\npeers = 10.99.0." + other + ", 10.99.0.3\n",
              "mode = evpn\n[evpn]\nas = 65000\npeers = 10.99.0.3\n")) {
        hosts.configure(source, control);
        lab().daemon(source, "reload").must();
        hosts.mustPlanNothing(source);
      }
      hosts.mustBeWell();
      assertThat(Probe.mustHaveLostFew(List.of(probe))).isNotEmpty();
    }
  }

  @Test
  @Order(13)
  void aVmThatEndsIsForgotten() {
    lab().host(source, "virsh", "destroy", VM).must();
    await("nobody has it")
        .atMost(EvpnHosts.SOON)
        .pollInterval(Duration.ofMillis(200))
        .until(() -> hosts.place(EvpnHosts.STRANGER, MAC).isEmpty());
    hosts.mustBeWell();
  }
}
