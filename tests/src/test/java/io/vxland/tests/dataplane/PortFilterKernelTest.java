package io.vxland.tests.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.dataplane.GuardListener;
import io.vxland.dataplane.PortFilterDriver.Denied;
import io.vxland.dataplane.linux.LinuxDataplane;
import io.vxland.dataplane.linux.Rulesets;
import io.vxland.dataplane.nft.DeliveryTable;
import io.vxland.dataplane.nft.PortFilterTable;
import io.vxland.model.InterfaceName;
import io.vxland.model.IpAddress;
import io.vxland.model.Knowledge;
import io.vxland.model.LocalPort;
import io.vxland.model.Location;
import io.vxland.model.MacAddress;
import io.vxland.model.Network;
import io.vxland.model.NetworkName;
import io.vxland.model.OverlayOptions;
import io.vxland.model.Template;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import io.vxland.plan.Change;
import io.vxland.plan.Desire;
import io.vxland.plan.Inputs;
import io.vxland.plan.Plan;
import io.vxland.plan.Planner;
import io.vxland.tests.support.Netns;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.StringTokenizer;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Two VMs are on a host, one is on another, and one of the two lies. Taps are veths, whose other
 * ends send what a guest may send; the other guest's end and the bridge tell what came of it.
 */
class PortFilterKernelTest {
  private static final Path NFT = Path.of("/usr/sbin/nft");
  private static final Vni BLUE = new Vni(5001);
  private static final Vni RED = new Vni(5002);

  private static final String LIAR = "52:54:00:00:00:01";
  private static final String NEIGHBOUR = "52:54:00:00:00:02";
  private static final String REMOTE = "52:54:00:00:00:03";
  private static final String NOBODY = "52:54:00:00:00:99";

  private static final String LIARS_ADDRESS = "10.7.0.1";
  private static final String NEIGHBOURS_ADDRESS = "10.7.0.2";
  private static final String REMOTE_ADDRESS = "10.7.0.3";
  private static final String LIARS_IPV6 = "fd70::1";
  private static final String REMOTE_IPV6 = "fd70::3";

  private Netns host;
  private LinuxDataplane dataplane;
  private PortFilterTable filters;

  @BeforeEach
  void setUp() throws Exception {
    host = Netns.create();
    host.run(
        "sh",
        "-ec",
        """
        ip link add eth0 type veth peer name fabric
        ip addr add 10.99.0.1/24 dev eth0
        ip link set eth0 up; ip link set fabric up
        for i in 1 2; do
          ip link add vnet$i type veth peer name guest$i
          ip link set vnet$i addrgenmode none up
          ip link set guest$i addrgenmode none up
        done
        """);
    open();
    converge(world());
    host.ip("link", "set", "vnet1", "master", "br5001");
    host.ip("link", "set", "vnet2", "master", "br5001");
    converge(world());
  }

  private void open() throws Exception {
    filters = PortFilterTable.open(NFT, Optional.of(host.path()));
    dataplane =
        LinuxDataplane.open(
            host.path(),
            Rulesets.NONE
                .with(DeliveryTable.open(NFT, Optional.of(host.path())), GuardListener.NONE)
                .with(filters));
  }

  @AfterEach
  void end() {
    dataplane.close();
    host.close();
  }

  private static LocalPort port(int number, String mac, Vni vni, String... addresses) {
    return new LocalPort(
        new UUID(0, number),
        "vm" + number,
        MacAddress.parse(mac),
        vni,
        Network.defaultBridge(vni),
        Optional.of(new InterfaceName("vnet" + number)),
        Optional.empty(),
        LocalPort.State.HERE,
        addresses(addresses));
  }

  private static List<IpAddress> addresses(String... texts) {
    return java.util.Arrays.stream(texts).map(IpAddress::parse).toList();
  }

  private static Network network(String name, Vni vni) {
    return new Network(
        new NetworkName(name),
        vni,
        Optional.of(Network.defaultBridge(vni)),
        Template.BRIDGE,
        Network.Origin.CONFIGURATION,
        OverlayOptions.TOLD);
  }

  private static Set<LocalPort> ports() {
    return Set.of(
        port(1, LIAR, BLUE, LIARS_ADDRESS, LIARS_IPV6),
        port(2, NEIGHBOUR, BLUE, NEIGHBOURS_ADDRESS));
  }

  private static Inputs world() {
    return world(
        ports(),
        List.of(
            new Location(
                MacAddress.parse(REMOTE),
                Vtep.parse("10.99.0.2"),
                addresses(REMOTE_ADDRESS, REMOTE_IPV6),
                true)));
  }

  private static Inputs world(Set<LocalPort> ports, List<Location> elsewhere) {
    return new Inputs(
        Optional.of(Vtep.parse("10.99.0.1")),
        Optional.of(new Inputs.Underlay(new InterfaceName("eth0"), 1500)),
        Set.of(network("blue", BLUE), network("red", RED)),
        ports,
        new Knowledge(
            true,
            Map.of(BLUE, new TreeSet<>(Set.of(Vtep.parse("10.99.0.2")))),
            Map.of(BLUE, elsewhere)),
        Set.of());
  }

  private Plan plan(Inputs inputs) throws Exception {
    return Planner.plan(Desire.of(inputs), dataplane.read(Set.of()), true);
  }

  private void converge(Inputs inputs) throws Exception {
    for (int round = 0; round < 3; round++) {
      Plan plan = plan(inputs);
      if (plan.isEmpty()) {
        return;
      }
      assertThat(dataplane.apply(plan.changes())).isEmpty();
    }
    assertThat(plan(inputs).changes()).isEmpty();
  }

  /** Sends frames, and returns how many of them the neighbour gets. */
  private int passed(String... frames) throws Exception {
    // What comes last always passes: what has not come before it does not come.
    String last = Frames.arp(LIAR, 1, LIAR, LIARS_ADDRESS, "10.7.0.250");
    List<String> seen;
    try (Capture capture = Capture.of(host, "guest2", "ether[0] & 1 = 1 or ether[0] & 1 = 0")) {
      for (String frame : frames) {
        Frames.send(host, "guest1", frame);
      }
      Frames.send(host, "guest1", last);
      org.awaitility.Awaitility.await()
          .atMost(java.time.Duration.ofSeconds(10))
          .until(() -> capture.seen().stream().anyMatch(line -> line.contains("10.7.0.250")));
      seen = capture.seen();
    }
    return seen.size() - 1;
  }

  private Map<InterfaceName, Denied> denied() throws Exception {
    return dataplane.denied();
  }

  private Denied liars() throws Exception {
    return denied()
        .getOrDefault(new InterfaceName("vnet1"), new Denied(0, Map.of(), Map.of(), 0, 0));
  }

  /** The port of the bridge that it has learned a MAC address on, as bridge(8) tells. */
  private Set<String> learned(String mac) {
    Set<String> ports = new HashSet<>();
    StreamSupport.stream(host.bridgeJson("fdb", "show", "br", "br5001").spliterator(), false)
        .filter(entry -> entry.path("mac").asText().equals(mac))
        .filter(entry -> entry.has("master"))
        .forEach(entry -> ports.add(entry.path("ifname").asText()));
    return ports;
  }

  @Test
  void aMacAddressOfAnotherPortStopsAtTheTap() throws Exception {
    int came =
        passed(
            Frames.udp(Frames.ALL, NEIGHBOUR, LIARS_ADDRESS, "10.7.0.255", 5000),
            Frames.udp(Frames.ALL, REMOTE, LIARS_ADDRESS, "10.7.0.255", 5000),
            Frames.rarp(REMOTE));
    assertThat(came).isZero();
    assertThat(learned(NEIGHBOUR)).doesNotContain("vnet1");
    assertThat(learned(REMOTE)).containsExactly("vxlan5001");
    assertThat(liars().frames()).isEqualTo(3);
    assertThat(liars().macs())
        .isEqualTo(Map.of(MacAddress.parse(NEIGHBOUR), 1L, MacAddress.parse(REMOTE), 2L));
  }

  @Test
  void theBridgeLearnsNothingFromAFrameThatItDoesNotForward() throws Exception {
    // LLDP: it passes no filter of the bridge family.
    Frames.send(host, "guest1", "01:80:c2:00:00:0e" + REMOTE + "88cc 0207 04 525400000003 0000");
    assertThat(passed()).isZero();
    assertThat(learned(REMOTE)).containsExactly("vxlan5001");
  }

  @Test
  void anArpClaimOfAnotherPortStopsAtTheTap() throws Exception {
    int came =
        passed(
            Frames.arp(LIAR, 2, LIAR, NEIGHBOURS_ADDRESS, NEIGHBOURS_ADDRESS),
            Frames.arp(LIAR, 1, LIAR, REMOTE_ADDRESS, LIARS_ADDRESS),
            Frames.arp(LIAR, 2, REMOTE, LIARS_ADDRESS, LIARS_ADDRESS));
    assertThat(came).isZero();
    assertThat(liars().frames()).isEqualTo(3);
    assertThat(liars().addresses())
        .isEqualTo(
            Map.of(IpAddress.parse(NEIGHBOURS_ADDRESS), 1L, IpAddress.parse(REMOTE_ADDRESS), 1L));
    assertThat(liars().macs()).isEqualTo(Map.of(MacAddress.parse(REMOTE), 1L));
  }

  @Test
  void aNeighbourDiscoveryClaimOfAnotherPortStopsAtTheTap() throws Exception {
    String toAll = "ff02::1";
    int came =
        passed(
            Frames.neighbour(LIAR, 136, LIARS_IPV6, toAll, REMOTE_IPV6, Frames.option(2, LIAR)),
            Frames.neighbour(LIAR, 135, REMOTE_IPV6, toAll, "fd70::9", Frames.option(1, LIAR)),
            Frames.neighbour(LIAR, 136, LIARS_IPV6, toAll, LIARS_IPV6, Frames.option(2, REMOTE)),
            // What guests read behind the first option cannot be compared: it stops as well.
            Frames.neighbour(
                LIAR,
                136,
                LIARS_IPV6,
                toAll,
                LIARS_IPV6,
                Frames.option(14, LIAR) + Frames.option(2, REMOTE)));
    assertThat(came).isZero();
    assertThat(liars().frames()).isEqualTo(4);
    assertThat(liars().addresses()).isEqualTo(Map.of(IpAddress.parse(REMOTE_IPV6), 2L));
    assertThat(liars().macs()).isEqualTo(Map.of(MacAddress.parse(REMOTE), 1L));
  }

  @Test
  void whatIsLegalPasses() throws Exception {
    String toAll = "ff02::1";
    String[] legal = {
      // Its own: an announcement, QEMU's of its arrival, a question, a probe (RFC 5227).
      Frames.arp(LIAR, 2, LIAR, LIARS_ADDRESS, LIARS_ADDRESS),
      Frames.rarp(LIAR),
      Frames.arp(LIAR, 1, LIAR, LIARS_ADDRESS, NEIGHBOURS_ADDRESS),
      Frames.arp(LIAR, 1, LIAR, "0.0.0.0", REMOTE_ADDRESS),
      // A MAC address that nobody has: VRRP, or a VM in the VM; and an address that moves with it.
      Frames.arp(NOBODY, 2, NOBODY, "10.7.0.77", "10.7.0.77"),
      Frames.arp(LIAR, 2, LIAR, "10.7.0.77", "10.7.0.77"),
      // Duplicate address detection (RFC 4862), also with a nonce (RFC 7527), and an answer.
      Frames.neighbour(LIAR, 135, "::", toAll, REMOTE_IPV6, ""),
      Frames.neighbour(LIAR, 135, "::", toAll, LIARS_IPV6, "0e01 112233445566"),
      Frames.neighbour(LIAR, 136, LIARS_IPV6, toAll, LIARS_IPV6, Frames.option(2, LIAR)),
      Frames.neighbour(LIAR, 135, LIARS_IPV6, toAll, "fd70::44", Frames.option(1, LIAR)),
      Frames.udp(Frames.ALL, LIAR, "0.0.0.0", "255.255.255.255", 68)
    };
    assertThat(passed(legal)).isEqualTo(legal.length);
    assertThat(denied()).isEmpty();
  }

  @Test
  void anotherNetworkMayHaveTheSameAddresses() throws Exception {
    Set<LocalPort> both = new HashSet<>(ports());
    both.removeIf(port -> port.domainName().equals("vm1"));
    both.add(port(1, LIAR, RED, REMOTE_ADDRESS));
    converge(world(both, List.of()));
    assertThat(passed(Frames.arp(LIAR, 2, LIAR, NEIGHBOURS_ADDRESS, NEIGHBOURS_ADDRESS)))
        .isEqualTo(1);
    assertThat(denied()).isEmpty();
  }

  @Test
  void aFlushedRulesetIsMadeAgainAsItWas() throws Exception {
    String before = ruleset();
    host.run("nft", "flush", "ruleset");
    filters.changed();
    converge(world());
    assertThat(ruleset()).isEqualTo(before);
    assertThat(passed(Frames.rarp(REMOTE))).isZero();
  }

  @Test
  void aRestartedDaemonWritesNothingAnew() throws Exception {
    passed(Frames.rarp(REMOTE));
    dataplane.close();
    open();
    assertThat(plan(world()).changes()).isEmpty();
    assertThat(liars().frames()).as("the counters go on").isEqualTo(1);
  }

  @Test
  void whatIsKnownLessIsWrittenAnewAndPassesFromThenOn() throws Exception {
    dataplane.close();
    open();
    converge(world(ports(), List.of()));
    assertThat(passed(Frames.rarp(REMOTE))).isEqualTo(1);
    converge(world());
    assertThat(passed(Frames.rarp(REMOTE))).isZero();
    assertThat(passed(Frames.rarp(NEIGHBOUR))).isZero();
  }

  @Test
  void aTapThatComesBeforeAllIsKnownIsFilteredAndNothingIsTakenAway() throws Exception {
    Plan plan =
        Planner.plan(
            Desire.of(world(Set.of(port(1, LIAR, BLUE), port(2, NEIGHBOUR, BLUE)), List.of())),
            dataplane.read(Set.of()),
            false);
    assertThat(plan.changes()).noneMatch(Change.RemovePortFilter.class::isInstance);
    assertThat(passed(Frames.rarp(REMOTE))).isZero();
  }

  @Test
  void withoutTapsThereIsNoTable() throws Exception {
    converge(world(Set.of(), List.of()));
    assertThat(ruleset()).isEmpty();
  }

  @Test
  void theCommandOfTheChangeDoesTheSame() throws Exception {
    String before = ruleset();
    host.run("nft", "flush", "ruleset");
    filters.changed();
    List<Change> changes = new ArrayList<>(plan(world()).changes());
    assertThat(changes).hasSize(1);
    host.run("sh", "-ec", changes.get(0).command());
    assertThat(ruleset()).isEqualTo(before);
    filters.changed();
    assertThat(plan(world()).changes()).isEmpty();
  }

  /** The words in order, for nft prints the elements of a set in any order. */
  private String ruleset() {
    StringTokenizer words = new StringTokenizer(host.run("nft", "-s", "list", "ruleset"), ", \t\n");
    List<String> sorted = new ArrayList<>();
    while (words.hasMoreTokens()) {
      sorted.add(words.nextToken());
    }
    sorted.sort(null);
    return String.join(" ", sorted);
  }
}
