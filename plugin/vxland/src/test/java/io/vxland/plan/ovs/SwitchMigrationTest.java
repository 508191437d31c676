package io.vxland.plan.ovs;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.model.Handover;
import io.vxland.model.InterfaceName;
import io.vxland.model.IpAddress;
import io.vxland.model.Location;
import io.vxland.model.MacAddress;
import io.vxland.model.Network;
import io.vxland.model.VlanTag;
import io.vxland.model.Vtep;
import io.vxland.openflow.Flow;
import io.vxland.openflow.Port;
import io.vxland.plan.Change;
import io.vxland.plan.Inputs;
import io.vxland.plan.Plan;
import io.vxland.plan.Problem;
import io.vxland.plan.ovs.ActualSwitches.ActualPort;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a switch does for cards that go from one host to another, or are known to be elsewhere. */
class SwitchMigrationTest extends SwitchScene {
  /** 16777215 - 5001. */
  private static final String GUARD = "priority=500,tun_id=0xffec76 actions=drop";

  /** All flows here are in it. */
  private static final String TABLE = "0, ";

  private Set<Network> networks = Set.of(extun());

  private static Network network(String name, int vni, Integer tag) {
    return network(name, vni, BRIDGE.value(), tag);
  }

  private Inputs inputs(Handover... handovers) {
    return inputs(networks, handovers);
  }

  @Override
  List<String> flows() {
    return super.flows().stream()
        .peek(text -> assertThat(text).startsWith(TABLE))
        .map(text -> text.substring(TABLE.length()))
        .toList();
  }

  private static Handover ready() {
    return new Handover.Ready(VNI, MAC);
  }

  private static Handover redirect() {
    return new Handover.Redirect(VNI, MAC, Optional.empty());
  }

  private static Handover delivery(boolean arrived) {
    return new Handover.Delivery(VNI, MAC, TAP, arrived);
  }

  @BeforeEach
  void theNetworkStandsAndATapIsPlugged() {
    settle(inputs());
    switches.plug(
        BRIDGE.value(), TAP.value(), FakeSwitches.attached(FakeSwitches.foreignPort(), MAC));
  }

  @Test
  void withoutCardsThereIsNeitherTunnelNorFlow() {
    assertThat(flows()).isEmpty();
    assertThat(there().ports()).hasSize(3);
  }

  @Test
  void whereAVmIsTheTunnelStandsBehindItsGuard() {
    assertThat(settle(inputs(ready())))
        .containsExactly(
            "ovs-ofctl -O OpenFlow14 add-flow br-extun '" + OURS + TABLE + GUARD + "'",
            "ovs-vsctl add-port br-extun tun-mig0"
                + " -- set Port tun-mig0 protected=false external_ids:vxland=\"vni=5001\""
                + " -- set Interface tun-mig0 type=vxlan options:dst_port=4789"
                + " options:key=16772214 options:local_ip=10.99.0.1 options:remote_ip=flow");
    assertThat(flows()).containsExactly(GUARD);
  }

  @Test
  void theLastVmTakesTheTunnelAlongAndTheGuardAfterIt() {
    settle(inputs(ready()));
    assertThat(settle(inputs()))
        .containsExactly(
            "ovs-vsctl del-port br-extun tun-mig0",
            "ovs-ofctl -O OpenFlow14 --strict del-flows br-extun"
                + " 'cookie=0x76786c616e64/-1, table=0, priority=500,tun_id=0xffec76'");
  }

  @Test
  void aPausedCardsFramesGoToEveryPeerThroughTheTunnel() {
    settle(inputs(ready()));
    settle(inputs(redirect()));
    assertThat(flows())
        .containsExactlyInAnyOrder(
            "hard_timeout=330, priority=300,dl_dst=52:54:00:00:00:01" + intoTheTunnel(),
            late("tun-vxlan0"),
            late("tun-vxlan1"),
            arrival(number("tun-vxlan0")),
            arrival(number("tun-vxlan1")),
            GUARD);
    settle(inputs(ready()));
    assertThat(flows()).containsExactly(GUARD);
  }

  private String late(String from) {
    return "hard_timeout=330, priority=360,in_port="
        + number(from)
        + ",dl_dst=52:54:00:00:00:01"
        + intoTheTunnel();
  }

  private String intoTheTunnel() {
    return " actions=set_field:10.99.0.2->tun_dst,output:"
        + number("tun-mig0")
        + ",set_field:10.99.0.3->tun_dst,output:"
        + number("tun-mig0");
  }

  @Test
  void whatOthersStillSendHereOnceTheCardIsHeardTakesTheTunnelForLonger() {
    settle(inputs(redirect()));
    settle(inputs(new Handover.Late(VNI, MAC)));
    assertThat(flows()).containsExactlyInAnyOrder(late("tun-vxlan0"), late("tun-vxlan1"), GUARD);
    settle(inputs(new Handover.Late(VNI, MAC), delivery(false)));
    assertThat(flows()).noneMatch(flow -> flow.contains("priority=360"));
  }

  @Test
  void noFrameIsSentIntoATunnelThatIsGone() {
    settle(inputs(redirect()));
    assertThat(settle(inputs()).stream().map(SwitchMigrationTest::kind))
        .containsExactlyInAnyOrder(
            "del-flows 300",
            "del-flows 360",
            "del-flows 360",
            "del-flows 400",
            "del-flows 400",
            "del-port tun-mig0",
            "del-flows 500")
        .containsSubsequence("del-flows 300", "del-port tun-mig0", "del-flows 500");
  }

  /** A card's first frame from a port has the switch send all frames for it there. */
  private static String arrival(int port) {
    return sighting(350, port);
  }

  private static String sighting(int learned, int port) {
    return "hard_timeout=330, priority=400,in_port="
        + port
        + ",dl_src=52:54:00:00:00:01"
        + " actions=learn(table=0,hard_timeout=330,priority="
        + learned
        + ",cookie=0x76786c616e64,"
        + "eth_dst=52:54:00:00:00:01,output:NXM_OF_IN_PORT[]),NORMAL";
  }

  @Test
  void aRedirectedCardThatIsHeardFromAnotherHostIsThereAndTheRedirectGoes() {
    settle(inputs(redirect()));
    Redirection way =
        Redirection.all(SwitchDesire.of(inputs(redirect())), switches.state()).get(VNI);
    Flow learned = Flows.arrived(MAC, new Port(number("tun-vxlan1")));
    assertThat(way.heardFrom(MAC, learned)).contains(IpAddress.parse("10.99.0.3"));
    assertThat(way.heardFrom(MAC, way.flows(MAC, Optional.empty()).get(0))).isEmpty();
    switches.apply(List.of(new Change.OnSwitch(new SwitchChange.AddFlow(BRIDGE, learned))));
    assertThat(plan(inputs(redirect())).changes()).isEmpty();
    settle(inputs(ready()));
    assertThat(flows()).containsExactly(GUARD);
  }

  private static String kind(String command) {
    return command.contains("del-port")
        ? "del-port " + command.substring(command.lastIndexOf(' ') + 1)
        : command.replaceAll(".*(del-flows) .*priority=(\\d+),.*", "$1 $2");
  }

  @Test
  void aCardOfWhichItIsKnownWhereItGoesIsSentThereAlone() {
    settle(inputs(new Handover.Redirect(VNI, MAC, Optional.of(Vtep.parse("10.99.0.3")))));
    assertThat(flows())
        .filteredOn(flow -> flow.contains("set_field"))
        .hasSize(3)
        .allMatch(
            flow ->
                flow.endsWith(
                    " actions=set_field:10.99.0.3->tun_dst,output:" + number("tun-mig0")));
  }

  @Test
  void whatIsDoneInThePauseIsWhatThePlanHas() {
    settle(inputs(ready()));
    Redirection way = Redirection.all(SwitchDesire.of(inputs(ready())), switches.state()).get(VNI);
    assertThat(way.bridge()).isEqualTo(BRIDGE);
    List<SwitchChange> atOnce =
        way.flows(MAC, Optional.empty()).stream()
            .<SwitchChange>map(flow -> new SwitchChange.AddFlow(BRIDGE, flow))
            .toList();
    switches.apply(atOnce.stream().<Change>map(Change.OnSwitch::new).toList());
    assertThat(plan(inputs(redirect())).changes()).isEmpty();
  }

  @Test
  void framesOutOfTheTunnelGoIntoTheIncomingCardsTapAndNothingElseDoes() {
    settle(inputs(delivery(false)));
    int tap = number("vnet0");
    int one = number("tun-vxlan0");
    int other = number("tun-vxlan1");
    assertThat(flows())
        .containsExactlyInAnyOrder(
            GUARD,
            "priority=600,tun_id=0xffec76,dl_dst=52:54:00:00:00:01 actions=output:" + tap,
            arrival(tap),
            sighting(205, one),
            sighting(205, other),
            "hard_timeout=330, priority=200,dl_dst=52:54:00:00:00:01 actions=output:"
                + one
                + ",output:"
                + other,
            "hard_timeout=330, priority=210,in_port="
                + one
                + ",dl_dst=52:54:00:00:00:01 actions=drop",
            "hard_timeout=330, priority=210,in_port="
                + other
                + ",dl_dst=52:54:00:00:00:01 actions=drop");
  }

  /** The host that the card left before passes on what it gets: sent to both, it comes twice. */
  @Test
  void whatIsSentHereForAnIncomingCardGoesToTheHostThatItIsKnownToBeAtAlone() {
    locations = List.of(new Location(MAC, Vtep.parse("10.99.0.3"), List.of()));
    settle(inputs(delivery(false)));
    assertThat(flows())
        .contains(
            "hard_timeout=330, priority=200,dl_dst=52:54:00:00:00:01 actions=output:"
                + number("tun-vxlan1"))
        .doesNotContain(sighting(205, number("tun-vxlan1")));
  }

  @Test
  void whereAnIncomingCardIsHeardFromIsLearnedUntilItHasArrived() {
    settle(inputs(delivery(false)));
    Flow learned = Flows.seen(205, MAC, new Port(number("tun-vxlan1")));
    switches.apply(List.of(new Change.OnSwitch(new SwitchChange.AddFlow(BRIDGE, learned))));
    assertThat(plan(inputs(delivery(false))).changes()).isEmpty();
    settle(inputs(delivery(true)));
    assertThat(flows()).hasSize(2).noneMatch(flow -> flow.contains("priority=205"));
  }

  /** A flow that a frame has made knows of no network. */
  @Test
  void onASharedSwitchNothingIsLearnedOfACardThatIsToCome() {
    networks = Set.of(network("a", 5001, 11), network("b", 5002, 12));
    settle(inputs());
    settle(inputs(delivery(false)));
    assertThat(flows())
        .anyMatch(flow -> flow.contains("priority=200"))
        .noneMatch(flow -> flow.contains("priority=205"));
  }

  @Test
  void whatTheSwitchHasLearnedStaysUntilTheCardHasArrived() {
    settle(inputs(delivery(false)));
    Flow learned = Flows.arrived(MAC, new Port(number("vnet0")));
    switches.apply(List.of(new Change.OnSwitch(new SwitchChange.AddFlow(BRIDGE, learned))));
    assertThat(plan(inputs(delivery(false))).changes()).isEmpty();
    settle(inputs(delivery(true)));
    assertThat(flows())
        .containsExactly(
            GUARD,
            "priority=600,tun_id=0xffec76,dl_dst=52:54:00:00:00:01 actions=output:"
                + number("vnet0"));
    settle(inputs(ready()));
    assertThat(flows()).containsExactly(GUARD);
  }

  @Test
  void aTapThatIsAnotherCardsByNowGetsNothing() {
    ActualPort others =
        FakeSwitches.attached(FakeSwitches.foreignPort(), MacAddress.parse("52:54:00:00:00:02"));
    switches.plug(BRIDGE.value(), TAP.value(), others);
    settle(inputs(delivery(false)));
    assertThat(flows()).containsExactly(GUARD);
  }

  @Test
  void aTapThatIsNotPluggedInYetIsWaitedFor() {
    settle(inputs(new Handover.Delivery(VNI, MAC, new InterfaceName("vnet7"), false)));
    assertThat(flows()).containsExactly(GUARD);
    switches.plug(BRIDGE.value(), "vnet7", FakeSwitches.attached(FakeSwitches.foreignPort(), MAC));
    settle(inputs(new Handover.Delivery(VNI, MAC, new InterfaceName("vnet7"), true)));
    assertThat(flows()).anyMatch(flow -> flow.endsWith("output:" + number("vnet7")));
  }

  @Test
  void onASharedSwitchOnlyTheNetworksOwnFramesAreRedirected() {
    networks = Set.of(network("a", 5001, 11), network("b", 5002, 12));
    settle(inputs());
    settle(inputs(redirect()));
    ActualPort access =
        FakeSwitches.port(
            Optional.empty(), "", Map.of(), false, Optional.of(new VlanTag(11)), false, "");
    switches.plug(BRIDGE.value(), "vnet5", access);
    settle(inputs(redirect()));
    assertThat(flows())
        .filteredOn(flow -> flow.contains("priority=300"))
        .hasSize(4)
        .anyMatch(flow -> flow.contains("dl_vlan=11") && flow.contains("actions=pop_vlan,"))
        .anyMatch(
            flow -> flow.contains("in_port=" + number("vnet5")) && !flow.contains("pop_vlan"));
  }

  @Test
  void aKnownCardsFramesGoToItsHostAlone() {
    locations = List.of(new Location(MAC, Vtep.parse("10.99.0.3"), List.of()));
    settle(inputs());
    int one = number("tun-vxlan0");
    int other = number("tun-vxlan1");
    assertThat(flows())
        .containsExactlyInAnyOrder(
            "priority=100,dl_dst=52:54:00:00:00:01 actions=output:" + other,
            "priority=110,in_port=" + one + " actions=NORMAL",
            "priority=110,in_port=" + other + " actions=NORMAL");
    locations = List.of(new Location(MAC, Vtep.parse("10.99.0.2"), List.of()));
    Plan moved = plan(inputs());
    assertThat(moved.changes()).as("a place that moves is replaced in one message").hasSize(1);
    locations = List.of();
    settle(inputs());
    assertThat(flows()).isEmpty();
  }

  @Test
  void aPlaceWithoutATunnelIsToldOf() {
    locations = List.of(new Location(MAC, Vtep.parse("10.99.0.9"), List.of()));
    Plan plan = plan(inputs());
    assertThat(plan.changes()).isEmpty();
    assertThat(plan.problems())
        .extracting(Problem::message)
        .singleElement()
        .asString()
        .contains("52:54:00:00:00:01 is at 10.99.0.9", "add the host to 'peers'");
  }

  @Test
  void twoNetworksThatWouldMeetInATunnelAreToldOf() {
    networks = Set.of(network("a", 5001, 11), network("b", 16_772_214, 12));
    Plan plan = plan(inputs(ready()));
    assertThat(plan.problems())
        .extracting(Problem::message)
        .anyMatch(message -> message.contains("VNI 16772214, which belongs to network 'b'"));
    assertThat(plan.changes()).noneMatch(change -> change.command().contains("tun-mig"));
  }

  @Test
  void flowsThatCannotBeReadLeaveTheTunnelOutAndAreToldOf() {
    switches.put(BRIDGE.value(), there().with(ActualFlows.missing("no answer in time")));
    Plan plan = plan(inputs(redirect()));
    assertThat(plan.changes()).isEmpty();
    assertThat(plan.problems())
        .containsExactly(new Problem("bridge br-extun", "no answer in time"));
  }

  @Test
  void nothingIsTakenAwayBeforeLibvirtHasToldAll() {
    settle(inputs(redirect()));
    Plan plan = SwitchPlanner.plan(SwitchDesire.of(inputs()), switches.state(), false);
    assertThat(plan.changes()).isEmpty();
  }

  @Test
  void framesAreCountedByCard() {
    settle(inputs(redirect()));
    Flow flow =
        there().flows().packets().keySet().stream()
            .filter(each -> each.priority() == Flows.REDIRECT)
            .findFirst()
            .orElseThrow();
    switches.put(BRIDGE.value(), there().with(new ActualFlows(Optional.empty(), Map.of(flow, 7L))));
    assertThat(FlowCounts.of(switches.state()))
        .isEqualTo(new FlowCounts(Map.of(MAC, 7L), Map.of()));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void anyWayFromOneStateToAnotherEndsAtIt(long seed) {
    Random random = new Random(seed);
    ports = Set.of(portOn(BRIDGE.value()));
    for (int step = 0; step < 30; step++) {
      List<Handover> all = new ArrayList<>();
      for (int i = random.nextInt(4); i > 0; i--) {
        all.add(
            switch (random.nextInt(4)) {
              case 0 -> ready();
              case 1 -> redirect();
              case 2 -> delivery(false);
              default -> delivery(true);
            });
      }
      Inputs inputs = inputs(all.toArray(Handover[]::new));
      settle(inputs);
      List<String> reached = flows();
      settle(inputs());
      assertThat(flows()).isEmpty();
      settle(inputs);
      assertThat(flows().stream().map(SwitchMigrationTest::unnumbered).toList())
          .containsExactlyInAnyOrderElementsOf(
              reached.stream().map(SwitchMigrationTest::unnumbered).toList());
    }
  }

  /** A tunnel that is made anew has another number. */
  private static String unnumbered(String flow) {
    return flow.replaceAll("(tun_dst,output):[0-9]+", "$1");
  }
}
