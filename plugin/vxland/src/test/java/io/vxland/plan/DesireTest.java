package io.vxland.plan;

import static io.vxland.plan.Worlds.SECOND;
import static io.vxland.plan.Worlds.SELF;
import static io.vxland.plan.Worlds.THIRD;
import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.model.Flooding;
import io.vxland.model.InterfaceName;
import io.vxland.model.IpAddress;
import io.vxland.model.Knowledge;
import io.vxland.model.LocalPort;
import io.vxland.model.Location;
import io.vxland.model.MacAddress;
import io.vxland.model.Mtu;
import io.vxland.model.Network;
import io.vxland.model.NetworkName;
import io.vxland.model.OverlayOptions;
import io.vxland.model.OverlayOptions.Replication;
import io.vxland.model.Prefix;
import io.vxland.model.SwitchOptions;
import io.vxland.model.Template;
import io.vxland.model.UdpPort;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The desired state, case by case. */
class DesireTest {
  private static final Vni BLUE = new Vni(5001);
  private static final InterfaceName BRIDGE = new InterfaceName("br5001");
  private static final InterfaceName VXLAN = new InterfaceName("vxlan5001");
  private static final MacAddress CARD = MacAddress.parse("52:54:00:00:00:01");
  private static final IpAddress TENANT = IpAddress.parse("7.7.7.2");

  /** Default options, except for what a test is about. */
  private static OverlayOptions options(
      Optional<Mtu> mtu,
      boolean proxy,
      boolean suppress,
      Flooding flood,
      Replication replication,
      List<Prefix> addresses) {
    return new OverlayOptions(
        UdpPort.VXLAN,
        mtu,
        true,
        OptionalInt.empty(),
        proxy,
        suppress,
        flood,
        OptionalInt.empty(),
        replication,
        addresses,
        List.of(),
        SwitchOptions.DEFAULTS);
  }

  private static OverlayOptions mtu(int bytes) {
    return options(
        Optional.of(new Mtu(bytes)),
        false,
        false,
        Flooding.ALL,
        new Replication.ControlPlane(),
        List.of());
  }

  private static OverlayOptions replication(Replication replication) {
    return options(Optional.empty(), false, false, Flooding.ALL, replication, List.of());
  }

  private static Network bare(OverlayOptions options) {
    return new Network(
        new NetworkName("blue"),
        BLUE,
        Optional.empty(),
        Template.BRIDGE,
        Network.Origin.CONFIGURATION,
        options);
  }

  private static Network onBridge(String name, int vni, String bridge) {
    return new Network(
        new NetworkName(name),
        new Vni(vni),
        Optional.of(new InterfaceName(bridge)),
        Template.BRIDGE,
        Network.Origin.LIBVIRT,
        OverlayOptions.DEFAULTS);
  }

  private static DesiredState desired(Network network, Location... locations) {
    return Desire.of(
        Worlds.inputs(
            Set.of(network),
            Set.of(),
            Worlds.knowledge(
                Set.of(network), List.of(SECOND, THIRD), Map.of(BLUE, List.of(locations)))));
  }

  private static Inputs on(String vtep, int underlayMtu, Network network, List<Vtep> peers) {
    return new Inputs(
        Optional.of(Vtep.parse(vtep)),
        Optional.of(new Inputs.Underlay(new InterfaceName("eth0"), underlayMtu)),
        Set.of(network),
        Set.of(),
        Worlds.knowledge(Set.of(network), peers, Map.of()),
        Set.of());
  }

  private static List<String> problems(DesiredState state) {
    return state.problems().stream().map(Problem::toString).toList();
  }

  @ParameterizedTest
  @CsvSource({
    "10.99.0.1, 1500, 1450",
    "10.99.0.1, 9000, 8950",
    "fd99::1, 1500, 1430",
    "fd99::1, 9000, 8930",
    "10.99.0.1, 626, 576",
    "fd99::1, 646, 576",
  })
  void theMtuIsWhatTheUnderlayLeaves(String vtep, int underlay, int expected) {
    DesiredState state = Desire.of(on(vtep, underlay, Worlds.network("blue", 5001), List.of()));
    Segment segment = state.segments().get(BLUE);
    assertThat(segment.mtu().bytes()).isEqualTo(expected);
    assertThat(segment.vxlan().mtu()).isEqualTo(Segment.ROOM);
    assertThat(segment.bridge().orElseThrow().mtu().bytes()).isEqualTo(expected);
    assertThat(state.problems()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"10.99.0.1, 625", "fd99::1, 645"})
  void anUnderlayThatLeavesTooLittleMakesNoNetwork(String vtep, int underlay) {
    DesiredState state = Desire.of(on(vtep, underlay, Worlds.network("blue", 5001), List.of()));
    assertThat(state.segments()).isEmpty();
    assertThat(problems(state))
        .containsExactly(
            "network 'blue': MTU 575 is not from 576 to 65535; this network is left out");
  }

  @Test
  void anMtuThatDoesNotFitIsMadeAndSaid() {
    DesiredState state = desired(Worlds.network("blue", 5001, mtu(1500)));
    assertThat(state.segments().get(BLUE).mtu()).isEqualTo(new Mtu(1500));
    assertThat(problems(state))
        .containsExactly(
            "network 'blue': MTU 1500 does not fit: eth0 has 1500, which leaves 1450; larger frames"
                + " are lost");
  }

  @Test
  void anMtuThatFitsExactlyIsNoProblem() {
    assertThat(desired(Worlds.network("blue", 5001, mtu(1450))).problems()).isEmpty();
  }

  @Test
  void ofTwoNetworksOfOneVniTheFirstByNameIsMade() {
    DesiredState state =
        Desire.of(
            Worlds.inputs(
                Set.of(onBridge("red", 5001, "brred"), onBridge("blue", 5001, "brblue")),
                Set.of(),
                Knowledge.NOTHING_YET));
    assertThat(state.segments().get(BLUE).network()).isEqualTo(new NetworkName("blue"));
    assertThat(problems(state))
        .containsExactly(
            "network 'red': VNI 5001 already belongs to 'blue'; this network is left out");
  }

  @Test
  void ofTwoNetworksOnOneBridgeTheFirstByNameIsMade() {
    DesiredState state =
        Desire.of(
            Worlds.inputs(
                Set.of(onBridge("red", 5002, "br0"), onBridge("blue", 5001, "br0")),
                Set.of(),
                Knowledge.NOTHING_YET));
    assertThat(state.segments().keySet()).containsExactly(BLUE);
    assertThat(problems(state))
        .containsExactly(
            "network 'red': bridge br0 already belongs to 'blue' (VNI 5001); this network is left"
                + " out");
  }

  static Stream<Arguments> peersOfTheOtherFamily() {
    return Stream.of(
        Arguments.of("10.99.0.1", new Replication.ControlPlane(), "fd99::2"),
        Arguments.of("fd99::1", new Replication.ControlPlane(), "10.99.0.2"),
        Arguments.of("10.99.0.1", new Replication.Remote(Vtep.parse("fd99::2")), "fd99::2"),
        Arguments.of("fd99::1", new Replication.Group(IpAddress.parse("239.1.1.1")), "239.1.1.1"));
  }

  @ParameterizedTest
  @MethodSource("peersOfTheOtherFamily")
  void aPeerOfTheOtherFamilyLeavesTheNetworkOutAndIsNamed(
      String vtep, Replication replication, String peer) {
    List<Vtep> peers =
        replication instanceof Replication.ControlPlane ? List.of(Vtep.parse(peer)) : List.of();
    DesiredState state =
        Desire.of(on(vtep, 1500, Worlds.network("blue", 5001, replication(replication)), peers));
    assertThat(state.segments()).isEmpty();
    assertThat(problems(state))
        .containsExactly(
            "network 'blue': peer "
                + peer
                + " and this host's "
                + vtep
                + " have different IP versions; this network is left out");
  }

  @Test
  void aMachineBehindAHostOfTheOtherFamilyIsSaidAndTheRestMade() {
    DesiredState state =
        desired(Worlds.network("blue", 5001), new Location(CARD, Vtep.parse("fd99::2"), List.of()));
    assertThat(state.segments().get(BLUE).unicast()).isEmpty();
    assertThat(problems(state)).hasSize(1).first().asString().contains(CARD + " is at fd99::2");
  }

  @Test
  void thisHostIsNotInItsOwnReplicationList() {
    Network network = Worlds.network("blue", 5001);
    DesiredState state =
        Desire.of(
            Worlds.inputs(
                Set.of(network),
                Set.of(),
                Worlds.knowledge(Set.of(network), List.of(SELF, SECOND), Map.of())));
    assertThat(state.segments().get(BLUE).replication()).containsExactly(SECOND.address());
  }

  @Test
  void withoutFloodingTheReplicationListIsEmpty() {
    OverlayOptions quiet =
        options(
            Optional.empty(),
            false,
            false,
            Flooding.NOTHING,
            new Replication.ControlPlane(),
            List.of());
    assertThat(desired(Worlds.network("blue", 5001, quiet)).segments().get(BLUE).replication())
        .isEmpty();
  }

  @Test
  void whereEveryPlaceIsToldBroadcastsAloneAreFloodedIfTheNetworkSaysSo() {
    Network network = Worlds.network("blue", 5001, OverlayOptions.TOLD.with(Flooding.BROADCASTS));
    DesiredState state =
        Desire.of(
            new Inputs(
                Optional.of(SELF),
                Optional.of(new Inputs.Underlay(new InterfaceName("eth0"), 1500)),
                Set.of(network),
                Set.of(),
                Worlds.knowledge(
                    Set.of(network),
                    List.of(SECOND),
                    Map.of(BLUE, List.of(new Location(CARD, SECOND, List.of())))),
                Set.of()));
    Segment segment = state.segments().get(BLUE);
    assertThat(segment.port()).isEqualTo(new Segment.PortFlags(true, true, false, true));
    assertThat(segment.replication()).contains(SECOND.address());
    assertThat(segment.behindTunnel()).containsExactly(CARD);
    assertThat(state.problems()).isEmpty();
  }

  @Test
  void withoutSuppressionTooTheBridgeIsToldOfEveryCardIfItFloodsNoUnicast() {
    OverlayOptions told = OverlayOptions.TOLD;
    OverlayOptions options =
        new OverlayOptions(
            told.port(),
            told.mtu(),
            false,
            told.ageing(),
            false,
            false,
            Flooding.BROADCASTS,
            told.ttl(),
            told.replication(),
            List.of(),
            List.of(),
            told.ovs());
    Segment segment =
        desired(Worlds.network("blue", 5001, options), new Location(CARD, SECOND, List.of()))
            .segments()
            .get(BLUE);
    assertThat(segment.port()).isEqualTo(new Segment.PortFlags(true, false, false, true));
    assertThat(segment.behindTunnel()).containsExactly(CARD);
  }

  @Test
  void wherePlacesAreLearnedAllIsFloodedNevertheless() {
    OverlayOptions learning =
        options(
            Optional.empty(),
            false,
            false,
            Flooding.BROADCASTS,
            new Replication.ControlPlane(),
            List.of());
    DesiredState state = desired(Worlds.network("blue", 5001, learning));
    assertThat(state.segments().get(BLUE).port().unknown()).isTrue();
    assertThat(problems(state)).hasSize(1);
    assertThat(problems(state).get(0)).contains("network 'blue'", "flood is broadcast", "entry");
  }

  @Test
  void aRemoteIsTheOnlyDestination() {
    Segment segment =
        desired(Worlds.network("blue", 5001, replication(new Replication.Remote(SECOND))))
            .segments()
            .get(BLUE);
    assertThat(segment.vxlan().destination()).contains(SECOND.address());
    assertThat(segment.vxlan().link()).as("it would die with its link").isEmpty();
    assertThat(segment.replication()).containsExactly(SECOND.address());
  }

  @Test
  void aGroupNeedsTheUnderlayDevice() {
    IpAddress group = IpAddress.parse("239.1.1.1");
    Segment segment =
        desired(Worlds.network("blue", 5001, replication(new Replication.Group(group))))
            .segments()
            .get(BLUE);
    assertThat(segment.vxlan().destination()).contains(group);
    assertThat(segment.vxlan().link()).contains(new InterfaceName("eth0"));
  }

  @ParameterizedTest
  @CsvSource({"HERE, false", "LEAVING, true", "INCOMING, true"})
  void aCardIsPlacedElsewhereUnlessItIsHere(LocalPort.State state, boolean placed) {
    Network network = Worlds.network("blue", 5001);
    DesiredState desired =
        Desire.of(
            Worlds.inputs(
                Set.of(network),
                Set.of(Worlds.port(CARD.toString(), 5001, state)),
                Worlds.knowledge(
                    Set.of(network),
                    List.of(SECOND),
                    Map.of(BLUE, List.of(new Location(CARD, SECOND, List.of(TENANT)))))));
    assertThat(desired.segments().get(BLUE).unicast().containsKey(CARD)).isEqualTo(placed);
  }

  @Test
  void aCardHereInAnotherNetworkDoesNotHinder() {
    Network network = Worlds.network("blue", 5001);
    DesiredState desired =
        Desire.of(
            Worlds.inputs(
                Set.of(network),
                Set.of(Worlds.port(CARD.toString(), 5002, LocalPort.State.HERE)),
                Worlds.knowledge(
                    Set.of(network),
                    List.of(SECOND),
                    Map.of(BLUE, List.of(new Location(CARD, SECOND, List.of()))))));
    assertThat(desired.segments().get(BLUE).unicast()).containsEntry(CARD, SECOND);
  }

  @Test
  void whatIsSaidToBeAtTwoHostsIsAtTheLowerOneAndSaid() {
    DesiredState state =
        desired(
            Worlds.network("blue", 5001),
            new Location(CARD, THIRD, List.of()),
            new Location(CARD, SECOND, List.of()));
    assertThat(state.segments().get(BLUE).unicast()).containsExactly(Map.entry(CARD, SECOND));
    assertThat(problems(state))
        .containsExactly(
            "network 'blue': "
                + CARD
                + " is claimed by two hosts; its FDB entry points to 10.99.0.2");
  }

  @ParameterizedTest
  @CsvSource({
    // proxy, suppress, host address, bridge -> on the bridge, on the VXLAN device
    "false, false, false, true,  false, false",
    "true,  false, false, true,  false, true",
    "false, true,  false, true,  true,  false",
    "true,  true,  false, true,  true,  true",
    "false, false, true,  true,  true,  false",
    "true,  false, true,  true,  true,  true",
    "false, false, false, false, false, true",
    "true,  true,  true,  false, false, true",
  })
  void neighboursAreWhereTheyAreAskedFor(
      boolean proxy,
      boolean suppress,
      boolean address,
      boolean bridge,
      boolean onBridge,
      boolean onVxlan) {
    OverlayOptions options =
        options(
            Optional.empty(),
            proxy,
            suppress,
            Flooding.ALL,
            new Replication.ControlPlane(),
            address ? List.of(Prefix.parse("7.7.7.1/24")) : List.of());
    Network network = bridge ? Worlds.network("blue", 5001, options) : bare(options);
    Segment segment =
        desired(network, new Location(CARD, SECOND, List.of(TENANT))).segments().get(BLUE);
    assertThat(segment.neighbours().containsKey(BRIDGE)).isEqualTo(onBridge);
    assertThat(segment.neighbours().containsKey(VXLAN)).isEqualTo(onVxlan);
    segment
        .neighbours()
        .values()
        .forEach(entries -> assertThat(entries).containsExactly(Map.entry(TENANT, CARD)));
    assertThat(segment.port().suppress()).isEqualTo(suppress);
    assertThat(segment.vxlan().proxy()).isEqualTo(proxy);
  }

  @Test
  void theHostsOwnAddressIsNobodyElsesNeighbour() {
    OverlayOptions options =
        options(
            Optional.empty(),
            true,
            true,
            Flooding.ALL,
            new Replication.ControlPlane(),
            List.of(new Prefix(TENANT, 24)));
    Segment segment =
        desired(Worlds.network("blue", 5001, options), new Location(CARD, SECOND, List.of(TENANT)))
            .segments()
            .get(BLUE);
    assertThat(segment.neighbours()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "'', 'underlay: no address for tunnels: there is no default route; set [host] address'",
    "10.99.0.1, 'underlay: no device has the address 10.99.0.1; until one has, the networks stay as"
        + " they are'",
  })
  void withoutAnUplinkNothingIsWantedAndNothingSwept(String vtep, String problem) {
    Network network = Worlds.network("blue", 5001);
    DesiredState state =
        Desire.of(
            new Inputs(
                Optional.of(vtep).filter(text -> !text.isEmpty()).map(Vtep::parse),
                Optional.empty(),
                Set.of(network),
                Set.of(),
                Worlds.knowledge(Set.of(network), List.of(SECOND), Map.of()),
                Set.of()));
    assertThat(state.segments()).isEmpty();
    assertThat(state.complete()).isFalse();
    assertThat(problems(state)).containsExactly(problem);
  }

  @Test
  void twoHostsGiveTheirDevicesOfOneVniDifferentAddresses() {
    Network network = Worlds.network("blue", 5001);
    Segment one = Desire.of(on("10.99.0.1", 1500, network, List.of())).segments().get(BLUE);
    Segment other = Desire.of(on("10.99.0.2", 1500, network, List.of())).segments().get(BLUE);
    assertThat(
            Set.of(
                one.vxlan().mac(),
                one.bridge().orElseThrow().mac(),
                other.vxlan().mac(),
                other.bridge().orElseThrow().mac()))
        .hasSize(4)
        .allMatch(MacAddress::isUnicast)
        .allMatch(mac -> (mac.bits() >>> 41 & 1) == 1, "locally administered");
  }
}
