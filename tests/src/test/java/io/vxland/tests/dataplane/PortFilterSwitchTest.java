package io.vxland.tests.dataplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vxland.dataplane.ovs.OvsDriver;
import io.vxland.model.Allowance;
import io.vxland.model.Barriers;
import io.vxland.model.Handover;
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
import io.vxland.model.SwitchOptions;
import io.vxland.model.Template;
import io.vxland.model.TunnelType;
import io.vxland.model.VlanTag;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import io.vxland.plan.Change;
import io.vxland.plan.DeniedFrames;
import io.vxland.plan.Inputs;
import io.vxland.plan.Plan;
import io.vxland.plan.ovs.SwitchDesire;
import io.vxland.plan.ovs.SwitchPlanner;
import io.vxland.tests.openflow.OpenVswitch;
import io.vxland.tests.support.Command;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * On one switch are two networks, blue with two VMs here and one elsewhere, and red. One of the VMs
 * in blue lies. Taps are veths in a real Open vSwitch; what the other guest's end gets, tcpdump
 * tells.
 */
class PortFilterSwitchTest {
  private static final Duration BOUND = Duration.ofSeconds(30);
  private static final Vni BLUE = new Vni(5001);
  private static final Vni RED = new Vni(5002);
  private static final String BRIDGE = "br-vms";
  private static final InterfaceName LIARS_TAP = new InterfaceName("vnet1");

  private static final String LIAR = "52:54:00:00:00:01";
  private static final String NEIGHBOUR = "52:54:00:00:00:02";
  private static final String REMOTE = "52:54:00:00:00:03";
  private static final String STRANGER = "52:54:00:00:00:04";
  private static final String NOBODY = "52:54:00:00:00:99";

  private static final String LIARS_ADDRESS = "10.7.0.1";
  private static final String NEIGHBOURS_ADDRESS = "10.7.0.2";
  private static final String REMOTE_ADDRESS = "10.7.0.3";
  private static final String LIARS_IPV6 = "fd70::1";
  private static final String REMOTE_IPV6 = "fd70::3";
  private static final String LINK_LOCAL = "fe80::1";
  private static final String TO_ALL = "ff02::1";

  private static final SwitchOptions USERSPACE =
      new SwitchOptions(
          SwitchOptions.Datapath.NETDEV,
          TunnelType.VXLAN,
          false,
          false,
          Optional.empty(),
          false,
          SwitchOptions.Ports.PEER);

  private static OpenVswitch ovs;
  private OvsDriver driver;
  private PortSecurity security = PortSecurity.KNOWN;
  private Allowance allowance = Allowance.NONE;
  private List<Handover> handovers = List.of();

  @BeforeAll
  static void up() throws Exception {
    ovs = OpenVswitch.up();
    ovs.netns.run(
        "sh",
        "-ec",
        """
        for i in 1 2 3; do
          ip link add vnet$i type veth peer name guest$i
          ip link set vnet$i addrgenmode none up
          ip link set guest$i addrgenmode none up
        done
        """);
  }

  @AfterAll
  static void down() {
    ovs.close();
  }

  @BeforeEach
  void setUp() throws Exception {
    open();
    converge();
    for (int i = 1; i <= 3; i++) {
      int tag = i == 3 ? 12 : 11;
      ovs.vsctl("--may-exist", "add-port", BRIDGE, "vnet" + i, "tag=" + tag);
    }
    converge();
  }

  @AfterEach
  void end() {
    ovs.vsctl("del-br", BRIDGE);
    driver.close();
  }

  private void open() throws Exception {
    driver = OvsDriver.open(ovs.database(), () -> {});
  }

  private LocalPort port(int number, String mac, Vni vni, String... addresses) {
    return new LocalPort(
        new UUID(0, number),
        "vm" + number,
        MacAddress.parse(mac),
        vni,
        new InterfaceName(BRIDGE),
        Optional.of(new InterfaceName("vnet" + number)),
        Optional.empty(),
        LocalPort.State.HERE,
        addresses(addresses),
        addresses.length > 0,
        OptionalInt.empty(),
        number == 1 ? allowance : Allowance.NONE,
        Barriers.NONE,
        true);
  }

  private static List<IpAddress> addresses(String... texts) {
    return Arrays.stream(texts).map(IpAddress::parse).toList();
  }

  private Network network(String name, Vni vni, int tag) {
    return new Network(
        new NetworkName(name),
        vni,
        Optional.of(new InterfaceName(BRIDGE)),
        Optional.of(new VlanTag(tag)),
        Template.OVS_TUN,
        Network.Origin.LIBVIRT,
        OverlayOptions.DEFAULTS.with(USERSPACE).with(security));
  }

  private Set<LocalPort> ports() {
    return Set.of(
        port(1, LIAR, BLUE, LIARS_ADDRESS, LIARS_IPV6),
        port(2, NEIGHBOUR, BLUE, NEIGHBOURS_ADDRESS),
        port(3, STRANGER, RED, REMOTE_ADDRESS));
  }

  private Inputs world() {
    Location elsewhere =
        new Location(
            MacAddress.parse(REMOTE),
            Vtep.parse("10.99.0.2"),
            addresses(REMOTE_ADDRESS, REMOTE_IPV6),
            true);
    return new Inputs(
        Optional.of(Vtep.parse("10.99.0.1")),
        Optional.of(new Inputs.Underlay(new InterfaceName("eth0"), 1500)),
        Set.of(network("blue", BLUE, 11), network("red", RED, 12)),
        ports(),
        new Knowledge(
            true,
            Map.of(BLUE, new TreeSet<>(Set.of(Vtep.parse("10.99.0.2")))),
            Map.of(BLUE, List.of(elsewhere))),
        new HashSet<>(handovers));
  }

  private Plan plan() {
    return SwitchPlanner.plan(SwitchDesire.of(world()), driver.read(), true);
  }

  private void converge() {
    for (int round = 0; round < 4; round++) {
      List<Change.OnSwitch> changes = new ArrayList<>();
      plan().changes().forEach(change -> changes.add((Change.OnSwitch) change));
      if (changes.isEmpty()) {
        return;
      }
      assertThat(driver.apply(changes)).isEmpty();
    }
    assertThat(plan().changes()).isEmpty();
  }

  private void converge(PortSecurity wanted, Allowance allowed) {
    security = wanted;
    allowance = allowed;
    converge();
  }

  /** Sends frames from the liar, and returns those that the neighbour gets. */
  private List<String> passed(String... frames) throws Exception {
    return between("guest1", "guest2", frames);
  }

  /** Sends frames from one guest, and returns those that another one gets. */
  private static List<String> between(String from, String to, String... frames) throws Exception {
    // What comes last always passes: what has not come before it does not come.
    String mac = from.equals("guest1") ? LIAR : STRANGER;
    String address = from.equals("guest1") ? LIARS_ADDRESS : REMOTE_ADDRESS;
    String last = Frames.arp(mac, 1, mac, address, "10.7.0.250");
    try (Capture capture = Capture.of(ovs.netns, to, "ether[0] & 1 = 1 or ether[0] & 1 = 0")) {
      for (String frame : frames) {
        Frames.send(ovs.netns, from, frame);
      }
      Frames.send(ovs.netns, from, last);
      await()
          .atMost(BOUND)
          .until(() -> capture.seen().stream().anyMatch(line -> line.contains("10.7.0.250")));
      return capture.seen().stream().filter(line -> !line.contains("10.7.0.250")).toList();
    }
  }

  /** Waits until so many frames of the liar are counted, for Open vSwitch counts late. */
  private DeniedFrames liars(long frames) {
    DeniedFrames[] last = new DeniedFrames[1];
    await()
        .atMost(BOUND)
        .until(
            () -> {
              last[0] =
                  driver
                      .denied()
                      .getOrDefault(LIARS_TAP, new DeniedFrames(0, Map.of(), Map.of(), 0, 0));
              return last[0].frames() >= frames;
            });
    assertThat(last[0].frames()).isEqualTo(frames);
    return last[0];
  }

  /** The flows as ovs-ofctl tells them, but for those that the switch makes by itself. */
  private static Set<String> flows() {
    Set<String> flows = new HashSet<>();
    Command.run(
            "ovs-ofctl",
            "-O",
            "OpenFlow14",
            "--no-stats",
            "dump-flows",
            "unix:" + ovs.socket(BRIDGE))
        .lines()
        .filter(line -> !line.contains("table=15"))
        .forEach(line -> flows.add(line.strip()));
    return flows;
  }

  private static IpAddress ip(String text) {
    return IpAddress.parse(text);
  }

  @Test
  void aMacAddressOfAnotherPortStopsAtTheTap() throws Exception {
    assertThat(
            passed(
                Frames.udp(Frames.ALL, NEIGHBOUR, LIARS_ADDRESS, "10.7.0.255", 5000),
                Frames.udp(Frames.ALL, REMOTE, LIARS_ADDRESS, "10.7.0.255", 5000),
                Frames.rarp(REMOTE)))
        .isEmpty();
    assertThat(ovs.appctl("fdb/show", BRIDGE))
        .contains(LIAR)
        .doesNotContain(NEIGHBOUR)
        .doesNotContain(REMOTE);
    assertThat(liars(3).macs())
        .containsOnlyKeys(MacAddress.parse(NEIGHBOUR), MacAddress.parse(REMOTE));
  }

  @Test
  void anArpClaimOfAnotherPortStopsAtTheTap() throws Exception {
    String ieee802 =
        Frames.arp(LIAR, 2, LIAR, NEIGHBOURS_ADDRESS, NEIGHBOURS_ADDRESS)
            .replace("0806 0001", "0806 0006");
    assertThat(
            passed(
                Frames.arp(LIAR, 2, LIAR, NEIGHBOURS_ADDRESS, NEIGHBOURS_ADDRESS),
                Frames.arp(LIAR, 1, LIAR, REMOTE_ADDRESS, LIARS_ADDRESS),
                Frames.arp(LIAR, 2, REMOTE, LIARS_ADDRESS, LIARS_ADDRESS),
                // Linux takes it for the same; Open vSwitch does not read it.
                ieee802))
        .isEmpty();
    DeniedFrames denied = liars(4);
    assertThat(denied.addresses()).containsOnlyKeys(ip(NEIGHBOURS_ADDRESS), ip(REMOTE_ADDRESS));
    assertThat(denied.macs()).containsOnlyKeys(MacAddress.parse(REMOTE));
  }

  @Test
  void aNeighbourDiscoveryClaimOfAnotherPortStopsAtTheTap() throws Exception {
    String own = Frames.option(2, LIAR);
    String others = Frames.option(2, REMOTE);
    assertThat(
            passed(
                Frames.neighbour(LIAR, 136, LIARS_IPV6, TO_ALL, REMOTE_IPV6, own),
                Frames.neighbour(LIAR, 135, REMOTE_IPV6, TO_ALL, "fd70::9", Frames.option(1, LIAR)),
                Frames.neighbour(
                    LIAR, 135, LIARS_IPV6, TO_ALL, "fd70::9", Frames.option(1, REMOTE)),
                Frames.neighbour(LIAR, 136, LIARS_IPV6, TO_ALL, LIARS_IPV6, others),
                // Behind another option, and twice, where receivers take the first.
                Frames.neighbour(
                    LIAR, 136, LIARS_IPV6, TO_ALL, LIARS_IPV6, Frames.option(14, LIAR) + others),
                Frames.neighbour(LIAR, 136, LIARS_IPV6, TO_ALL, LIARS_IPV6, others + own),
                Frames.neighbour(LIAR, 136, LIARS_IPV6, TO_ALL, REMOTE_IPV6, own + own)))
        .isEmpty();
    DeniedFrames denied = liars(7);
    assertThat(denied.addresses()).containsOnlyKeys(ip(REMOTE_IPV6));
    assertThat(denied.macs()).containsOnlyKeys(MacAddress.parse(REMOTE));
  }

  /** Its own; claims of what nobody has; questions, probes, and the arrival that QEMU announces. */
  private static String[] legal() {
    return new String[] {
      Frames.arp(LIAR, 2, LIAR, LIARS_ADDRESS, LIARS_ADDRESS),
      Frames.rarp(LIAR),
      Frames.arp(LIAR, 1, LIAR, LIARS_ADDRESS, NEIGHBOURS_ADDRESS),
      Frames.arp(LIAR, 1, LIAR, "0.0.0.0", REMOTE_ADDRESS),
      // Duplicate address detection (RFC 4862), also with a nonce (RFC 7527), and an answer.
      Frames.neighbour(LIAR, 135, "::", TO_ALL, "fd70::44", ""),
      Frames.neighbour(LIAR, 135, "::", TO_ALL, LIARS_IPV6, "0e01 112233445566"),
      Frames.neighbour(LIAR, 136, LIARS_IPV6, TO_ALL, LIARS_IPV6, Frames.option(2, LIAR)),
      Frames.neighbour(LIAR, 136, LINK_LOCAL, TO_ALL, LINK_LOCAL, Frames.option(2, LIAR)),
      Frames.neighbour(LIAR, 135, LIARS_IPV6, TO_ALL, "fd70::44", Frames.option(1, LIAR)),
      Frames.udp(Frames.ALL, LIAR, "0.0.0.0", "255.255.255.255", 68),
      Frames.udp(Frames.ALL, LIAR, LIARS_ADDRESS, "10.7.0.255", 5000),
      Frames.udp6(LIAR, LIARS_IPV6, 5000),
      Frames.udp6(LIAR, LINK_LOCAL, 546)
    };
  }

  private static String[] ofNobody() {
    return new String[] {
      Frames.arp(NOBODY, 2, NOBODY, LIARS_ADDRESS, LIARS_ADDRESS),
      Frames.arp(LIAR, 2, LIAR, "10.7.0.77", "10.7.0.77"),
      Frames.neighbour(LIAR, 136, "fd70::77", TO_ALL, "fd70::77", Frames.option(2, LIAR)),
      Frames.udp(Frames.ALL, LIAR, "10.7.0.77", "10.7.0.255", 5000),
      Frames.udp6(LIAR, "fd70::77", 5000),
      Frames.udp(Frames.ALL, LIAR, LIARS_ADDRESS, "255.255.255.255", 67),
      Frames.udp6(LIAR, LINK_LOCAL, 547),
      Frames.routerAdvertisement(LIAR)
    };
  }

  @Test
  void whatIsLegalPasses() throws Exception {
    assertThat(passed(legal())).hasSameSizeAs(legal());
    assertThat(passed(ofNobody())).hasSameSizeAs(ofNobody());
    assertThat(driver.denied()).isEmpty();
  }

  @Test
  void aStrictPortSendsOnlyWhatIsItsOwn() throws Exception {
    converge(PortSecurity.STRICT, Allowance.NONE);
    assertThat(passed(legal())).hasSameSizeAs(legal());
    assertThat(driver.denied()).isEmpty();
    assertThat(passed(ofNobody())).isEmpty();
    DeniedFrames denied = liars(ofNobody().length);
    assertThat(denied.macs()).containsOnlyKeys(MacAddress.parse(NOBODY));
    assertThat(denied.addresses()).containsOnlyKeys(ip("10.7.0.77"), ip("fd70::77"));
    assertThat(denied.dhcp()).isEqualTo(2);
    assertThat(denied.router()).isEqualTo(1);
  }

  @Test
  void aStrictPortSendsWhatItIsAllowed() throws Exception {
    converge(
        PortSecurity.STRICT,
        new Allowance(
            Optional.empty(),
            Set.of(MacAddress.parse(NOBODY)),
            Set.of(ip("10.7.0.77"), ip("fd70::77")),
            true,
            true));
    assertThat(passed(ofNobody())).hasSameSizeAs(ofNobody());
    assertThat(passed(Frames.rarp(REMOTE))).isEmpty();
    converge(PortSecurity.NONE, Allowance.NONE);
    assertThat(passed(Frames.rarp(REMOTE))).hasSize(1);
    assertThat(flows()).noneMatch(flow -> flow.matches(".*table=1[0-5],.*"));
  }

  @Test
  void aPriorityTagHidesNothing() throws Exception {
    String claim = Frames.arp(LIAR, 2, LIAR, NEIGHBOURS_ADDRESS, NEIGHBOURS_ADDRESS);
    String own = Frames.arp(LIAR, 2, LIAR, LIARS_ADDRESS, LIARS_ADDRESS);
    assertThat(
            passed(
                Frames.tagged("8100e000", claim),
                Frames.tagged("8100e0008100e000", claim),
                Frames.tagged("8100e0008100e000", own)))
        .isEmpty();
    liars(3);
    assertThat(passed(Frames.tagged("8100e000", own))).hasSize(1);
  }

  @Test
  void anotherNetworkMayHaveTheSameAddresses() throws Exception {
    ovs.vsctl("set", "Port", "vnet2", "tag=12");
    assertThat(
            between(
                "guest3",
                "guest2",
                Frames.arp(STRANGER, 2, STRANGER, NEIGHBOURS_ADDRESS, NEIGHBOURS_ADDRESS),
                Frames.rarp(REMOTE)))
        .hasSize(2);
    ovs.vsctl("set", "Port", "vnet2", "tag=11");
    assertThat(driver.denied()).isEmpty();
  }

  @Test
  void whatPassesIsAnsweredAndLearnedFromAsBefore() throws Exception {
    try (Capture back = Capture.of(ovs.netns, "guest1", "arp[6:2] = 2")) {
      Frames.send(ovs.netns, "guest1", Frames.arp(LIAR, 1, LIAR, LIARS_ADDRESS, REMOTE_ADDRESS));
      back.awaitFrames(1);
      assertThat(back.seen().get(0)).contains(REMOTE_ADDRESS + " is-at " + REMOTE);
    }
    handovers = List.of(new Handover.Delivery(BLUE, MacAddress.parse(LIAR), LIARS_TAP, false));
    converge();
    assertThat(passed(Frames.rarp(LIAR))).hasSize(1);
    assertThat(flows())
        .filteredOn(flow -> flow.contains("priority=350") && flow.contains("dl_dst=" + LIAR))
        .hasSize(1);
  }

  @Test
  void flowsThatSomebodyDeletesAreMadeAgain() throws Exception {
    Set<String> before = flows();
    Command.run(
        "ovs-ofctl",
        "-O",
        "OpenFlow14",
        "del-flows",
        "unix:" + ovs.socket(BRIDGE),
        "cookie=0x76786c616e64/-1");
    assertThat(flows()).isNotEqualTo(before);
    converge();
    assertThat(flows()).isEqualTo(before);
    assertThat(passed(Frames.rarp(REMOTE))).isEmpty();
  }

  @Test
  void aRestartedDaemonWritesNothingAnewAndTheCountersGoOn() throws Exception {
    assertThat(passed(Frames.rarp(REMOTE))).isEmpty();
    driver.close();
    assertThat(passed(Frames.rarp(REMOTE))).isEmpty();
    open();
    assertThat(plan().changes()).isEmpty();
    assertThat(liars(2).macs()).containsOnlyKeys(MacAddress.parse(REMOTE));
  }

  @Test
  void theCommandsOfThePlanDoTheSame() {
    Set<String> before = flows();
    String ours = "cookie=0x76786c616e64/-1";
    String bridge = "unix:" + ovs.socket(BRIDGE);
    Command.run("ovs-ofctl", "-O", "OpenFlow14", "del-flows", bridge, ours);
    String commands = String.join("\n", plan().changes().stream().map(Change::command).toList());
    Command.run("sh", "-ec", commands.replace(" " + BRIDGE + " ", " " + bridge + " "));
    assertThat(flows()).isEqualTo(before);
  }
}
