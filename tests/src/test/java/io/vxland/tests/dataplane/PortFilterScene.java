package io.vxland.tests.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.dataplane.GuardListener;
import io.vxland.dataplane.linux.LinuxDataplane;
import io.vxland.dataplane.linux.Rulesets;
import io.vxland.dataplane.nft.DeliveryTable;
import io.vxland.dataplane.nft.NftProgram;
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
import io.vxland.model.PortSecurity;
import io.vxland.model.Template;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import io.vxland.plan.DeniedFrames;
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

/**
 * Two VMs are on a host, one is on another, and one of the two lies. Taps are veths, whose other
 * ends send what a guest may send; the other guest's end and the bridge tell what came of it.
 */
abstract class PortFilterScene {
  static final Path NFT = Path.of("/usr/sbin/nft");
  static final Vni BLUE = new Vni(5001);
  static final Vni RED = new Vni(5002);

  static final String LIAR = "52:54:00:00:00:01";
  static final String NEIGHBOUR = "52:54:00:00:00:02";
  static final String REMOTE = "52:54:00:00:00:03";
  static final String NOBODY = "52:54:00:00:00:99";

  static final String LIARS_ADDRESS = "10.7.0.1";
  static final String NEIGHBOURS_ADDRESS = "10.7.0.2";
  static final String REMOTE_ADDRESS = "10.7.0.3";
  static final String LIARS_IPV6 = "fd70::1";
  static final String REMOTE_IPV6 = "fd70::3";

  Netns host;
  LinuxDataplane dataplane;
  PortFilterTable filters;

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

  void open() throws Exception {
    filters = PortFilterTable.open(NftProgram.in(NFT, host.path()));
    dataplane =
        LinuxDataplane.open(
            host.path(),
            Rulesets.NONE
                .with(DeliveryTable.open(NftProgram.in(NFT, host.path())), GuardListener.NONE)
                .with(filters));
  }

  @AfterEach
  void end() {
    dataplane.close();
    host.close();
  }

  static LocalPort port(int number, String mac, Vni vni, String... addresses) {
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

  static List<IpAddress> addresses(String... texts) {
    return java.util.Arrays.stream(texts).map(IpAddress::parse).toList();
  }

  static Network network(String name, Vni vni, PortSecurity security) {
    return new Network(
        new NetworkName(name),
        vni,
        Optional.of(Network.defaultBridge(vni)),
        Template.BRIDGE,
        Network.Origin.CONFIGURATION,
        OverlayOptions.TOLD.with(security));
  }

  static Set<LocalPort> ports() {
    return Set.of(
        port(1, LIAR, BLUE, LIARS_ADDRESS, LIARS_IPV6),
        port(2, NEIGHBOUR, BLUE, NEIGHBOURS_ADDRESS));
  }

  static Inputs world() {
    return world(ports(), List.of(remote()));
  }

  static Location remote() {
    return new Location(
        MacAddress.parse(REMOTE),
        Vtep.parse("10.99.0.2"),
        addresses(REMOTE_ADDRESS, REMOTE_IPV6),
        true);
  }

  static Inputs world(Set<LocalPort> ports, List<Location> elsewhere) {
    return world(ports, elsewhere, PortSecurity.KNOWN);
  }

  static Inputs world(Set<LocalPort> ports, List<Location> elsewhere, PortSecurity security) {
    return new Inputs(
        Optional.of(Vtep.parse("10.99.0.1")),
        Optional.of(new Inputs.Underlay(new InterfaceName("eth0"), 1500)),
        Set.of(network("blue", BLUE, security), network("red", RED, security)),
        ports,
        new Knowledge(
            true,
            Map.of(BLUE, new TreeSet<>(Set.of(Vtep.parse("10.99.0.2")))),
            Map.of(BLUE, elsewhere)),
        Set.of());
  }

  Plan plan(Inputs inputs) throws Exception {
    return Planner.plan(Desire.of(inputs), dataplane.read(Set.of()), true);
  }

  void converge(Inputs inputs) throws Exception {
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
  int passed(String... frames) throws Exception {
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

  Map<InterfaceName, DeniedFrames> denied() throws Exception {
    return dataplane.denied();
  }

  DeniedFrames liars() throws Exception {
    return denied()
        .getOrDefault(new InterfaceName("vnet1"), new DeniedFrames(0, Map.of(), Map.of(), 0, 0));
  }

  /** The port of the bridge that it has learned a MAC address on, as bridge(8) tells. */
  Set<String> learned(String mac) {
    Set<String> ports = new HashSet<>();
    StreamSupport.stream(host.bridgeJson("fdb", "show", "br", "br5001").spliterator(), false)
        .filter(entry -> entry.path("mac").asText().equals(mac))
        .filter(entry -> entry.has("master"))
        .forEach(entry -> ports.add(entry.path("ifname").asText()));
    return ports;
  }

  /** The words in order, for nft prints the elements of a set in any order. */
  String ruleset() {
    StringTokenizer words = new StringTokenizer(host.run("nft", "-s", "list", "ruleset"), ", \t\n");
    List<String> sorted = new ArrayList<>();
    while (words.hasMoreTokens()) {
      sorted.add(words.nextToken());
    }
    sorted.sort(null);
    return String.join(" ", sorted);
  }
}
