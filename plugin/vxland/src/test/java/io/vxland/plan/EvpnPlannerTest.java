package io.vxland.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.model.Flooding;
import io.vxland.model.Handover;
import io.vxland.model.InterfaceName;
import io.vxland.model.IpAddress;
import io.vxland.model.Knowledge;
import io.vxland.model.LocalPort;
import io.vxland.model.Location;
import io.vxland.model.MacAddress;
import io.vxland.model.Network;
import io.vxland.model.OverlayOptions;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import io.vxland.plan.ActualState.Destination;
import io.vxland.plan.ActualState.Kind;
import io.vxland.plan.ActualState.UnicastEntry;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** zebra writes what is known of other hosts; ours is what it finds of this one. */
class EvpnPlannerTest {
  private static final Vni VNI = new Vni(5001);
  private static final InterfaceName VXLAN = new InterfaceName("vxlan5001");
  private static final InterfaceName TUNNEL = new InterfaceName("vxmig5001");
  private static final InterfaceName OUTLET = new InterfaceName("vxout5001");
  private static final InterfaceName TAP = new InterfaceName("vnet0");
  private static final MacAddress MAC = MacAddress.parse("52:54:00:00:00:01");
  private static final InterfaceName BRIDGE = new InterfaceName("br5001");
  private static final IpAddress ADDRESS = IpAddress.parse("10.50.0.1");
  private static final MacAddress OTHER = MacAddress.parse("52:54:00:00:00:02");

  /** zebra has heard of the other hosts. */
  private static final Knowledge.Routing ROUTING =
      new Knowledge.Routing(Worlds.blue().knowledge().replication(), Map.of());

  private final FakeKernel kernel = new FakeKernel();

  private static Knowledge knowledge(Knowledge like, Knowledge.Routing routing) {
    return new Knowledge(like.complete(), Map.of(), like.locations(), Optional.of(routing));
  }

  private static Knowledge.Routing duplicate() {
    return new Knowledge.Routing(Worlds.blue().knowledge().replication(), Map.of(VNI, Set.of(MAC)));
  }

  private static Inputs inputs(
      Set<LocalPort> ports, Set<Handover> handovers, Knowledge.Routing routing) {
    Inputs blue = Worlds.blue();
    return Worlds.inputs(blue.networks(), ports, knowledge(blue.knowledge(), routing), handovers);
  }

  private static Inputs inputs(LocalPort... ports) {
    return inputs(Set.of(ports), Set.of(), ROUTING);
  }

  private static LocalPort cardWithAddress(LocalPort.State state) {
    return card(state).with(List.of(ADDRESS));
  }

  private static LocalPort card(LocalPort.State state) {
    return Worlds.port(MAC.toString(), 5001, state);
  }

  /** What taps may not send is another test's matter, and done at once. */
  private Plan plan(Inputs inputs) {
    Plan whole = Planner.plan(Desire.of(inputs), kernel.read(), true);
    whole.changes().stream().filter(EvpnPlannerTest::isOfFilters).forEach(kernel::apply);
    return new Plan(
        whole.changes().stream().filter(change -> !isOfFilters(change)).toList(),
        whole.problems(),
        whole.blocked(),
        whole.yielded());
  }

  private static boolean isOfFilters(Change change) {
    return change instanceof Change.AddPortFilter
        || change instanceof Change.SetPortFilter
        || change instanceof Change.RemovePortFilter;
  }

  private void apply(Inputs inputs) {
    kernel.apply(plan(inputs));
  }

  /** The network stands, with a tap in it. */
  private void stand() {
    apply(inputs());
    kernel.foreign(TAP.value(), new Kind.Other(), "br5001");
    kernel.apply(new Change.NoAddressGeneration(TAP));
  }

  private void zebraPlaces(MacAddress mac, Vtep host) {
    kernel.apply(new Change.PlaceBehindPort(VXLAN, mac));
    kernel
        .unicast
        .computeIfAbsent(VXLAN, any -> new TreeMap<>())
        .put(mac, new UnicastEntry(Destination.of(host.address()), false));
  }

  @Test
  void theDevicesAreAsZebraWantsThem() {
    apply(inputs());
    assertThat(kernel.links.get(VXLAN).kind())
        .isInstanceOfSatisfying(
            Kind.Vxlan.class,
            vxlan -> {
              assertThat(vxlan.learning()).isFalse();
              assertThat(vxlan.local()).contains(Worlds.SELF.address());
            });
    assertThat(kernel.links.get(VXLAN).port()).contains(new Segment.PortFlags(false, true, true));
    assertThat(kernel.replicationLists()).isEmpty();
    assertThat(kernel.unicast).isEmpty();
  }

  @Test
  void aCardThatIsHereIsToldAtOnceAndOnce() {
    stand();
    assertThat(plan(inputs(card(LocalPort.State.HERE))).changes())
        .containsExactly(new Change.PlaceBehindPort(TAP, MAC));
    apply(inputs(card(LocalPort.State.HERE)));
    assertThat(plan(inputs(card(LocalPort.State.HERE))).isEmpty()).isTrue();
  }

  @ParameterizedTest
  @EnumSource(
      value = LocalPort.State.class,
      names = {"INCOMING", "LEAVING"})
  void aCardThatIsNotHereIsNotTold(LocalPort.State state) {
    stand();
    assertThat(plan(inputs(card(state))).isEmpty()).isTrue();
    kernel.apply(new Change.PlaceBehindPort(TAP, MAC));
    assertThat(plan(inputs(card(state))).changes())
        .containsExactly(new Change.RemoveBehindPort(TAP, MAC));
  }

  @Test
  void aCardThatArrivesTakesItsPlaceInOneMessage() {
    stand();
    zebraPlaces(MAC, Worlds.SECOND);
    assertThat(plan(inputs(card(LocalPort.State.HERE))).changes())
        .containsExactly(new Change.PlaceBehindPort(TAP, MAC));
  }

  @Test
  void aCardThatZebraCallsDuplicateIsNotFoughtFor() {
    stand();
    Inputs inputs = inputs(Set.of(card(LocalPort.State.HERE)), Set.of(), duplicate());
    assertThat(plan(inputs).changes()).containsExactly(new Change.PlaceBehindPort(TAP, MAC));
    zebraPlaces(MAC, Worlds.SECOND);
    Plan plan = plan(inputs);
    assertThat(plan.changes()).isEmpty();
    assertThat(plan.problems())
        .singleElement()
        .satisfies(
            problem ->
                assertThat(problem.message())
                    .contains("is here and, according to FRR, on another host"));
  }

  private void zebraSays(IpAddress address, MacAddress mac) {
    kernel
        .neighbours
        .computeIfAbsent(BRIDGE, any -> new TreeMap<>())
        .put(address, new ActualState.Neighbour(mac, ActualState.Author.ROUTING));
  }

  /** Else the bridge would flood what is for it into its tap as well. */
  @Test
  void aCardThatIsOnItsWayIsBehindTheTunnelAlsoIfZebraDoesNotSaySo() {
    stand();
    Set<Handover> arrival = Set.of(new Handover.Delivery(VNI, MAC, TAP, false));
    Inputs coming = inputs(Set.of(card(LocalPort.State.INCOMING)), arrival, ROUTING);
    assertThat(plan(coming).changes()).contains(new Change.PlaceBehindPort(VXLAN, MAC));
    apply(coming);
    apply(coming);
    assertThat(plan(coming).isEmpty()).isTrue();
    zebraPlaces(MAC, Worlds.SECOND);
    assertThat(plan(coming).isEmpty()).isTrue();
  }

  @Test
  void theAddressOfACardThatIsHereIsToldAndForgottenWithIt() {
    stand();
    apply(inputs(cardWithAddress(LocalPort.State.HERE)));
    assertThat(kernel.neighbours.get(BRIDGE))
        .containsExactly(
            Map.entry(ADDRESS, new ActualState.Neighbour(MAC, ActualState.Author.VXLAND)));
    assertThat(plan(inputs(cardWithAddress(LocalPort.State.HERE))).isEmpty()).isTrue();
    assertThat(plan(inputs(cardWithAddress(LocalPort.State.LEAVING))).changes())
        .contains(new Change.RemoveNeighbour(BRIDGE, ADDRESS));
  }

  @Test
  void theAddressOfACardThatHasComeIsTakenOver() {
    stand();
    zebraPlaces(MAC, Worlds.SECOND);
    zebraSays(ADDRESS, MAC);
    assertThat(plan(inputs(cardWithAddress(LocalPort.State.INCOMING))).isEmpty()).isTrue();
    assertThat(plan(inputs(cardWithAddress(LocalPort.State.HERE))).changes())
        .containsExactlyInAnyOrder(
            new Change.PlaceBehindPort(TAP, MAC), new Change.SetNeighbour(BRIDGE, ADDRESS, MAC));
  }

  @Test
  void theAddressOfACardThatZebraCallsDuplicateIsNotFoughtFor() {
    stand();
    zebraPlaces(MAC, Worlds.SECOND);
    zebraSays(ADDRESS, MAC);
    assertThat(
            plan(inputs(Set.of(cardWithAddress(LocalPort.State.HERE)), Set.of(), duplicate()))
                .changes())
        .isEmpty();
  }

  @Test
  void anAddressThatAnotherHostsCardHasIsShownAndLeftToIt() {
    stand();
    apply(inputs(card(LocalPort.State.HERE)));
    zebraSays(ADDRESS, OTHER);
    Plan plan = plan(inputs(cardWithAddress(LocalPort.State.HERE)));
    assertThat(plan.changes()).isEmpty();
    assertThat(plan.problems())
        .singleElement()
        .satisfies(
            problem ->
                assertThat(problem.message())
                    .contains(ADDRESS + " belongs to two NICs")
                    .contains(MAC.toString())
                    .contains(OTHER.toString()));
  }

  @Test
  void whatZebraSaysOfOtherHostsCardsIsFound() {
    stand();
    zebraPlaces(OTHER, Worlds.SECOND);
    zebraSays(ADDRESS, OTHER);
    zebraSays(IpAddress.parse("10.50.0.9"), MacAddress.parse("52:54:00:00:00:99"));
    zebraPlaces(MAC, Worlds.THIRD);
    assertThat(RoutedCards.of(Desire.of(inputs()), kernel.read()).get(VNI))
        .containsExactlyInAnyOrder(
            new Location(OTHER, Worlds.SECOND, List.of(ADDRESS)),
            new Location(MAC, Worlds.THIRD, List.of()));
    assertThat(RoutedCards.of(Desire.of(Worlds.blue()), kernel.read())).isEmpty();
  }

  @Test
  void whatZebraWritesStays() {
    stand();
    zebraPlaces(OTHER, Worlds.SECOND);
    kernel.apply(new Change.AddReplica(VXLAN, IpAddress.parse("10.99.0.9")));
    assertThat(plan(inputs()).isEmpty()).isTrue();
  }

  @Test
  void whatZebraHasTakenAwayIsNotPutBack() {
    stand();
    assertThat(ROUTING.hosts().get(VNI)).isNotEmpty();
    assertThat(plan(inputs()).isEmpty()).isTrue();
  }

  @Test
  void hostsThatAreConfiguredGetWhatHasNoKnownPlaceAlsoWhenZebraForgetsThem() {
    Inputs blue = Worlds.blue();
    Knowledge configured =
        new Knowledge(
            true, blue.knowledge().replication(), Map.of(), Optional.of(Knowledge.Routing.SILENT));
    Inputs inputs = Worlds.inputs(blue.networks(), Set.of(), configured);
    apply(inputs);
    assertThat(kernel.replication.get(VXLAN))
        .containsExactlyInAnyOrder(
            Destination.of(Worlds.SECOND.address()), Destination.of(Worlds.THIRD.address()));
    kernel.apply(new Change.AddReplica(VXLAN, IpAddress.parse("10.99.0.9")));
    assertThat(plan(inputs).isEmpty()).as("what zebra adds stays").isTrue();
    Destination second = Destination.of(Worlds.SECOND.address());
    kernel.apply(new Change.RemoveReplica(VXLAN, second));
    assertThat(plan(inputs).changes())
        .containsExactly(new Change.AddReplica(VXLAN, Worlds.SECOND.address()));
  }

  @Test
  void placesOfAnotherControlPlaneGoOnceFrrHasSpoken() {
    stand();
    kernel.apply(new Change.PlaceMac(VXLAN, OTHER, Worlds.SECOND.address()));
    Inputs silent =
        Worlds.inputs(
            Worlds.blue().networks(),
            Set.of(),
            new Knowledge(false, Map.of(), Map.of(), Optional.of(Knowledge.Routing.SILENT)));
    assertThat(plan(silent).isEmpty()).isTrue();
    assertThat(plan(inputs()).changes())
        .containsExactly(
            new Change.RemoveMac(VXLAN, OTHER, Destination.of(Worlds.SECOND.address())));
  }

  @Test
  void afterwardsWhatZebraGoesOnWritingIsLeftToIt() {
    stand();
    apply(Worlds.blue());
    zebraPlaces(OTHER, Worlds.SECOND);
    assertThat(plan(Worlds.blue()).isEmpty()).as("zebra would write it again").isTrue();
    kernel.unicast.get(VXLAN).clear();
    assertThat(plan(Worlds.blue()).changes())
        .containsExactly(new Change.RemoveBehindPort(VXLAN, OTHER));
  }

  @Test
  void aRedirectEndsWhenZebraHasTheCardElsewhere() {
    stand();
    apply(inputs(card(LocalPort.State.HERE)));
    Set<Handover> redirect = Set.of(new Handover.Redirect(VNI, MAC, Optional.empty()));
    Inputs leaving = inputs(Set.of(card(LocalPort.State.LEAVING)), redirect, ROUTING);
    apply(leaving);
    apply(leaving);
    assertThat(kernel.behindTunnel.get(OUTLET)).containsExactly(MAC);
    assertThat(kernel.behindTunnel.get(TAP)).isEmpty();
    assertThat(kernel.replication.get(TUNNEL))
        .contains(Destination.of(Worlds.SECOND.address()), Destination.of(Worlds.THIRD.address()));
    zebraPlaces(MAC, Worlds.THIRD);
    // zebra takes the migration tunnel for one more network.
    kernel.apply(new Change.AddReplica(TUNNEL, IpAddress.parse("10.99.0.9")));
    assertThat(plan(leaving).isEmpty()).isTrue();
    apply(inputs());
    assertThat(kernel.links).doesNotContainKey(TUNNEL);
    assertThat(kernel.behindTunnel.get(VXLAN)).containsExactly(MAC);
  }

  @Test
  void aNetworkWithPeersOfItsOwnIsLeftOut() {
    OverlayOptions own =
        new OverlayOptions(
            OverlayOptions.DEFAULTS.port(),
            OverlayOptions.DEFAULTS.mtu(),
            true,
            OverlayOptions.DEFAULTS.ageing(),
            false,
            false,
            Flooding.ALL,
            OverlayOptions.DEFAULTS.ttl(),
            new OverlayOptions.Replication.Remote(Worlds.SECOND),
            List.of(),
            List.of(),
            OverlayOptions.DEFAULTS.ovs());
    Set<Network> networks = Set.of(Worlds.network("blue", 5001, own));
    DesiredState desired =
        Desire.of(
            Worlds.inputs(
                networks,
                Set.of(),
                knowledge(
                    Worlds.knowledge(networks, List.of(), Map.of()), Knowledge.Routing.SILENT)));
    assertThat(desired.segments()).isEmpty();
    assertThat(desired.problems())
        .singleElement()
        .satisfies(
            problem ->
                assertThat(problem.message())
                    .contains("cannot be used with [control] mode = evpn"));
  }

  static LongStream seeds() {
    return LongStream.range(0, 300);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void inAnyWorldOnlyDevicesTunnelsAndOwnCardsArePlanned(long seed) {
    Inputs world = Worlds.arbitraryWithHandovers(seed);
    Inputs inputs =
        Worlds.inputs(
            world.networks(),
            world.ports(),
            knowledge(world.knowledge(), Knowledge.Routing.SILENT),
            world.handovers());
    Set<MacAddress> coming =
        world.handovers().stream().map(Handover::mac).collect(Collectors.toSet());
    Set<InterfaceName> own = new HashSet<>();
    Desire.of(inputs).segments().values().forEach(each -> own.add(each.vxlan().name()));
    Random zebra = new Random(seed);
    for (int round = 0; round < 4; round++) {
      Plan plan = plan(inputs);
      assertThat(plan.changes())
          .noneMatch(
              change ->
                  own.contains(change.device())
                      && (change instanceof Change.AddReplica
                          || change instanceof Change.RemoveReplica
                          || change instanceof Change.PlaceMac
                          || change instanceof Change.RemoveMac
                          || change instanceof Change.RemoveBehindPort))
          .noneMatch(
              change ->
                  own.contains(change.device())
                      && change instanceof Change.PlaceBehindPort place
                      && !coming.contains(place.mac()))
          .noneMatch(
              change ->
                  change instanceof Change.SetNeighbour
                      || change instanceof Change.RemoveNeighbour);
      kernel.apply(plan);
      own.stream().filter(kernel.links::containsKey).sorted().forEach(each -> write(each, zebra));
    }
    assertThat(plan(inputs).changes()).allMatch(change -> change instanceof Change.PlaceBehindPort);
  }

  /** As zebra might. */
  private void write(InterfaceName vxlan, Random random) {
    if (kernel.links.get(vxlan).master().isEmpty()) {
      return;
    }
    MacAddress mac = new MacAddress(0x5254_0000_0000L + random.nextInt(8));
    kernel.apply(new Change.PlaceBehindPort(vxlan, mac));
    kernel.apply(new Change.AddReplica(vxlan, Worlds.THIRD.address()));
    Map<MacAddress, UnicastEntry> places = new HashMap<>();
    places.put(mac, new UnicastEntry(Destination.of(Worlds.THIRD.address()), false));
    kernel.unicast.computeIfAbsent(vxlan, any -> new TreeMap<>()).putAll(places);
    assertThat(new TreeSet<>(places.keySet())).isNotEmpty();
  }
}
