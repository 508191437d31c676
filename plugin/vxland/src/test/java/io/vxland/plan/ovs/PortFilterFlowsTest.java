package io.vxland.plan.ovs;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.model.Allowance;
import io.vxland.model.Barriers;
import io.vxland.model.InterfaceName;
import io.vxland.model.IpAddress;
import io.vxland.model.LocalPort;
import io.vxland.model.Location;
import io.vxland.model.MacAddress;
import io.vxland.model.Network;
import io.vxland.model.PortSecurity;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import io.vxland.openflow.EthType;
import io.vxland.openflow.Field;
import io.vxland.openflow.Flow;
import io.vxland.openflow.Match;
import io.vxland.openflow.Port;
import io.vxland.openflow.Value;
import io.vxland.plan.Change;
import io.vxland.plan.DeniedFrames;
import io.vxland.plan.Inputs;
import io.vxland.plan.Plan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What taps in a switch may not send, as flows. */
class PortFilterFlowsTest extends SwitchScene {
  private static final InterfaceName SECOND_TAP = new InterfaceName("vnet1");
  private static final MacAddress SECOND_MAC = MacAddress.parse("52:54:00:00:00:02");
  private static final MacAddress REMOTE = MacAddress.parse("52:54:00:00:00:03");

  private PortSecurity security = PortSecurity.KNOWN;
  private Allowance allowance = Allowance.NONE;

  @BeforeEach
  void theNetworkStandsAndATapIsPlugged() {
    settle(inputs());
    switches.plug(
        BRIDGE.value(), TAP.value(), FakeSwitches.attached(FakeSwitches.foreignPort(), MAC));
    locations =
        List.of(
            new Location(REMOTE, Vtep.parse("10.99.0.2"), addresses("10.7.0.3", "fd70::3"), true));
  }

  private Inputs inputs() {
    Network open = extun();
    return inputs(
        Set.of(
            new Network(
                open.name(),
                open.vni(),
                open.bridge(),
                open.tag(),
                open.template(),
                open.origin(),
                open.options().with(security))));
  }

  private static List<IpAddress> addresses(String... texts) {
    return Arrays.stream(texts).map(IpAddress::parse).toList();
  }

  private LocalPort port(int number, MacAddress mac, InterfaceName tap, String... addresses) {
    return new LocalPort(
        new UUID(0, number),
        "vm" + number,
        mac,
        VNI,
        BRIDGE,
        Optional.of(tap),
        Optional.empty(),
        LocalPort.State.HERE,
        addresses(addresses),
        addresses.length > 0,
        OptionalInt.empty(),
        allowance,
        Barriers.NONE,
        true);
  }

  private void oneVm() {
    ports = Set.of(port(1, MAC, TAP, "10.7.0.1", "fd70::1"));
  }

  private List<String> flows(String table) {
    return filterFlows().stream().filter(flow -> flow.startsWith(table + ",")).toList();
  }

  @Test
  void aTapsFramesAreCheckedOnceAndComeBack() {
    oneVm();
    settle(inputs());
    int tap = number("vnet0");
    assertThat(flows("0"))
        .containsExactly(
            "0, priority=450,reg0=0,in_port="
                + tap
                + " actions=set_field:0x1389->reg0,resubmit(,10)");
    assertThat(flows("13")).contains("13, priority=0 actions=resubmit(,0)");
    assertThat(flows("14")).containsExactly("14, priority=10,in_port=" + tap + " actions=drop");
  }

  @Test
  void itsOwnMacPassesBeforeThoseThatAreKnownAreDropped() {
    oneVm();
    settle(inputs());
    String dropped =
        "learn(table=15,hard_timeout=600,priority=10,cookie=0x76786c616e64,limit=1000,"
            + "OXM_OF_IN_PORT[],NXM_OF_ETH_SRC[]),resubmit(,15),resubmit(,14)";
    assertThat(flows("10"))
        .containsExactlyInAnyOrder(
            "10, priority=30,in_port="
                + number("vnet0")
                + ",dl_src=52:54:00:00:00:01 actions=resubmit(,11)",
            "10, priority=20,reg0=0x1389,dl_src=52:54:00:00:00:01 actions=" + dropped,
            "10, priority=20,reg0=0x1389,dl_src=52:54:00:00:00:03 actions=" + dropped,
            "10, priority=0 actions=resubmit(,11)");
  }

  @Test
  void addressesThatAreNamedAreComparedWhereTheyAreClaimed() {
    oneVm();
    settle(inputs());
    assertThat(flows("13"))
        .filteredOn(flow -> flow.contains("10.7.0.3"))
        .singleElement()
        .asString()
        .startsWith("13, priority=20,arp,reg0=0x1389,arp_spa=10.7.0.3 actions=learn(table=15,")
        .contains("OXM_OF_IN_PORT[],eth_type=0x806,NXM_OF_ARP_SPA[]");
    assertThat(flows("12"))
        .filteredOn(flow -> flow.contains("fd70::3"))
        .singleElement()
        .asString()
        .startsWith("12, priority=20,ipv6,reg0=0x1389,ipv6_src=fd70::3 actions=learn(table=15,");
    assertThat(flows("13"))
        .filteredOn(flow -> flow.contains("fd70::3"))
        .singleElement()
        .asString()
        .startsWith(
            "13, priority=20,icmp6,reg0=0x1389,icmp_type=136,icmp_code=0,nd_target=fd70::3"
                + " actions=move:NXM_NX_ND_TARGET[]->NXM_NX_IPV6_SRC[],learn(table=15,");
  }

  @Test
  void strictDropsTheRestWithoutAFlowForEachPairOfTapAndAddress() {
    security = PortSecurity.STRICT;
    oneVm();
    settle(inputs());
    String tap = ",in_port=" + number("vnet0");
    assertThat(filterFlows())
        .filteredOn(flow -> flow.contains(tap))
        .extracting(flow -> flow.substring(0, flow.indexOf(" actions=")))
        .contains(
            "10, priority=10" + tap,
            "11, priority=10,arp" + tap,
            "11, priority=10,icmp6" + tap + ",icmp_type=135,icmp_code=0",
            "11, priority=10,icmp6" + tap + ",icmp_type=136,icmp_code=0",
            "11, priority=1,ipv6" + tap,
            "12, priority=10,ipv6" + tap,
            "13, priority=10,arp" + tap,
            "13, priority=10,ip" + tap,
            "13, priority=30,ip" + tap + ",nw_src=10.7.0.1",
            "13, priority=40,udp" + tap + ",tp_src=67",
            "13, priority=40,udp6" + tap + ",tp_src=547",
            "13, priority=40,icmp6" + tap + ",icmp_type=134",
            "13, priority=40,icmp6" + tap + ",icmp_type=137");
    int before = filterFlows().size();
    ports = Set.of(port(1, MAC, TAP, "10.7.0.1", "fd70::1"), port(2, SECOND_MAC, SECOND_TAP));
    switches.plug(BRIDGE.value(), SECOND_TAP.value(), FakeSwitches.foreignPort());
    settle(inputs());
    int both = filterFlows().size();
    List<Location> many = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      many.add(
          new Location(new MacAddress(0x0200_0000_1000L + i), Vtep.parse("10.99.0.2"), List.of()));
    }
    many.addAll(locations);
    locations = many;
    settle(inputs());
    assertThat(filterFlows()).as("four for each MAC address").hasSize(both + 4 * 100);
    assertThat(both - before).isLessThan(25);
  }

  @Test
  void whatATapIsAllowedIsItsOwn() {
    allowance =
        new Allowance(
            Optional.of(PortSecurity.STRICT),
            Set.of(REMOTE),
            Set.copyOf(addresses("10.7.0.3")),
            true,
            false);
    oneVm();
    settle(inputs());
    String tap = ",in_port=" + number("vnet0");
    assertThat(filterFlows())
        .anyMatch(flow -> flow.startsWith("10, priority=30" + tap + ",dl_src=" + REMOTE))
        .anyMatch(flow -> flow.startsWith("13, priority=30,arp" + tap + ",arp_spa=10.7.0.3"))
        .noneMatch(flow -> flow.contains("tp_src="))
        .anyMatch(flow -> flow.contains("icmp_type=134"));
  }

  @Test
  void aPortThatIsNotFilteredHasNoFlows() {
    allowance = new Allowance(Optional.of(PortSecurity.NONE), Set.of(), Set.of(), false, false);
    oneVm();
    settle(inputs());
    assertThat(filterFlows()).isEmpty();
  }

  @Test
  void ownAddressesAreAddedFirstAndTheCheckLastAndTakenAwayInReverse() {
    oneVm();
    List<String> added = commands(plan(inputs()));
    assertThat(last(added, "priority=30,")).isLessThan(first(added, "priority=20,"));
    assertThat(first(added, "priority=450,")).isEqualTo(added.size() - 1);
    settle(inputs());
    ports = Set.of();
    List<String> removed = commands(plan(inputs()));
    assertThat(removed.get(0)).contains("table=0, priority=450,");
    assertThat(last(removed, "table=10, priority=20,"))
        .isLessThan(first(removed, "table=10, priority=30,"));
    settle(inputs());
    assertThat(filterFlows()).isEmpty();
  }

  private static int first(List<String> commands, String part) {
    return (int) commands.stream().takeWhile(command -> !command.contains(part)).count();
  }

  private static int last(List<String> commands, String part) {
    int last = -1;
    for (int i = 0; i < commands.size(); i++) {
      last = commands.get(i).contains(part) ? i : last;
    }
    return last;
  }

  @Test
  void aTapIsFilteredWhenItHasANumberAndIsThatVms() {
    oneVm();
    switches.plug(
        BRIDGE.value(), TAP.value(), FakeSwitches.attached(FakeSwitches.foreignPort(), SECOND_MAC));
    settle(inputs());
    assertThat(filterFlows()).as("the tap of another VM by now").isEmpty();
    switches.plug(BRIDGE.value(), TAP.value(), FakeSwitches.foreignPort());
    settle(inputs());
    assertThat(filterFlows()).isNotEmpty();
  }

  @Test
  void untilAllIsKnownNothingIsTakenAway() {
    oneVm();
    settle(inputs());
    List<String> before = filterFlows();
    ports = Set.of();
    locations = List.of();
    Plan plan = SwitchPlanner.plan(SwitchDesire.of(inputs()), switches.state(), false);
    assertThat(plan.changes()).isEmpty();
    assertThat(filterFlows()).isEqualTo(before);
  }

  private static Flow claim(int port, Match claimed) {
    return Flow.of(15, 10, Flows.COOKIE, claimed.inPort(new Port(port))).hardTimeout(600);
  }

  @Test
  void whatTheSwitchHasLearnedOfClaimsStaysAsLongAsTheTap() {
    oneVm();
    settle(inputs());
    Flow claim = claim(number("vnet0"), Match.ANY.ethSrc(REMOTE.bits()));
    Map<Flow, Long> flows = new HashMap<>(there().flows().packets());
    flows.put(claim, 3L);
    switches.put(BRIDGE.value(), there().with(new ActualFlows(Optional.empty(), flows)));
    assertThat(plan(inputs()).changes()).isEmpty();
    ports = Set.of();
    assertThat(plan(inputs()).changes())
        .extracting(Change::command)
        .anyMatch(command -> command.contains("table=15"));
  }

  @Test
  void framesThatWereDroppedAreCountedByTapWithWhatTheyClaimed() {
    int tap = 7;
    Map<Flow, Long> flows = new HashMap<>();
    Match service =
        Match.ANY.inPort(new Port(tap)).ethType(EthType.IPV4).with(Field.IP_PROTO, Value.u8(17));
    flows.put(Flow.of(14, 10, Flows.COOKIE, Match.ANY.inPort(new Port(tap))), 9L);
    flows.put(Flow.of(14, 10, Flows.COOKIE, Match.ANY.inPort(new Port(8))), 0L);
    flows.put(claim(tap, Match.ANY.ethSrc(REMOTE.bits())), 3L);
    flows.put(
        claim(tap, Match.ANY.ethType(EthType.ARP).with(Field.ARP_SPA, Value.ipv4(0x0a070003))), 4L);
    flows.put(
        claim(
            tap,
            Match.ANY.ethType(EthType.IPV6).with(Field.IPV6_SRC, Value.ipv6(0xfd70L << 48, 3))),
        1L);
    flows.put(Flow.of(13, 40, Flows.COOKIE, service.with(Field.UDP_SRC, Value.u16(67))), 1L);
    switches.plug(BRIDGE.value(), TAP.value(), FakeSwitches.foreignPort());
    ActualSwitches.ActualSwitch there = there();
    Map<InterfaceName, ActualSwitches.ActualPort> ports = new HashMap<>();
    ports.put(TAP, FakeSwitches.numbered(FakeSwitches.foreignPort(), Optional.of(new Port(tap))));
    ports.put(
        SECOND_TAP, FakeSwitches.numbered(FakeSwitches.foreignPort(), Optional.of(new Port(8))));
    switches.put(
        BRIDGE.value(),
        new ActualSwitches.ActualSwitch(
            true, there.datapath(), there.mtu(), ports, new ActualFlows(Optional.empty(), flows)));
    assertThat(DeniedByFlows.of(switches.state()))
        .isEqualTo(
            Map.of(
                TAP,
                new DeniedFrames(
                    9,
                    Map.of(REMOTE, 3L),
                    Map.of(IpAddress.parse("10.7.0.3"), 4L, IpAddress.parse("fd70::3"), 1L),
                    1,
                    0)));
  }

  @Test
  void twoNetworksOnOneSwitchHaveOneSetOfCommonFlows() {
    ports =
        new HashSet<>(
            Set.of(
                port(1, MAC, TAP),
                new LocalPort(
                    new UUID(0, 2),
                    "vm2",
                    SECOND_MAC,
                    new Vni(5002),
                    new InterfaceName("br-two"),
                    Optional.of(SECOND_TAP),
                    Optional.empty(),
                    LocalPort.State.HERE)));
    Set<Network> two =
        Set.of(network("a", VNI.value(), "br-two", 11), network("b", 5002, "br-two", 12));
    settle(inputs(two));
    switches.plug("br-two", TAP.value(), FakeSwitches.foreignPort());
    switches.plug("br-two", SECOND_TAP.value(), FakeSwitches.foreignPort());
    settle(inputs(two));
    List<Flow> entries =
        switches
            .state()
            .switches()
            .get(new InterfaceName("br-two"))
            .flows()
            .packets()
            .keySet()
            .stream()
            .filter(flow -> flow.priority() == Flows.CHECK)
            .toList();
    assertThat(entries).hasSize(2);
    assertThat(entries.toString()).contains("set_field:0x1389->reg0", "set_field:0x138a->reg0");
  }
}
