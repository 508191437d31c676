package io.vxland.plan;

import static io.vxland.plan.Worlds.SECOND;
import static io.vxland.plan.Worlds.SELF;
import static io.vxland.plan.Worlds.THIRD;
import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.model.Handover;
import io.vxland.model.InterfaceName;
import io.vxland.model.IpAddress;
import io.vxland.model.LocalPort;
import io.vxland.model.MacAddress;
import io.vxland.model.Network;
import io.vxland.model.OverlayOptions;
import io.vxland.model.OverlayOptions.Replication;
import io.vxland.model.Prefix;
import io.vxland.model.UdpPort;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import io.vxland.plan.ActualState.Kind;
import io.vxland.plan.ActualState.Link;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** The migration tunnel of a network, case by case: first what is wanted, then the plan. */
class MigrationTunnelTest {
  private static final Vni BLUE = new Vni(5001);
  private static final Vni TUNNEL_VNI = new Vni(16_772_214);
  private static final InterfaceName BRIDGE = new InterfaceName("br5001");
  private static final InterfaceName VXLAN = new InterfaceName("vxlan5001");
  private static final InterfaceName TUNNEL = new InterfaceName("vxmig5001");
  private static final InterfaceName TAP = new InterfaceName("vnet0");
  private static final MacAddress CARD = MacAddress.parse("52:54:00:00:00:01");
  private static final MacAddress OTHER = MacAddress.parse("52:54:00:00:00:02");
  private static final Handover READY = new Handover.Ready(BLUE, CARD);
  private static final Handover REDIRECT = new Handover.Redirect(BLUE, CARD, Optional.empty());
  private static final Handover INCOMING = new Handover.Delivery(BLUE, CARD, TAP, false);
  private static final Handover ARRIVED = new Handover.Delivery(BLUE, CARD, TAP, true);

  private final FakeKernel kernel = new FakeKernel();

  private static Inputs inputs(Set<Network> networks, List<Vtep> peers, Handover... handovers) {
    return Worlds.inputs(
        networks, Set.of(), Worlds.knowledge(networks, peers, Map.of()), Set.of(handovers));
  }

  private static Inputs blue(Handover... handovers) {
    return inputs(Set.of(Worlds.network("blue", 5001)), List.of(SECOND, THIRD), handovers);
  }

  private static Network network(boolean flood, Replication replication, boolean suppress) {
    OverlayOptions defaults = OverlayOptions.DEFAULTS;
    return Worlds.network(
        "blue",
        5001,
        new OverlayOptions(
            new UdpPort(8472),
            defaults.mtu(),
            true,
            defaults.ageing(),
            false,
            suppress,
            flood,
            defaults.ttl(),
            replication,
            List.of(),
            List.of()));
  }

  private static Optional<MigrationTunnel> tunnel(Inputs inputs) {
    return Desire.of(inputs).segments().get(BLUE).tunnel();
  }

  private static List<String> problems(Inputs inputs) {
    return Desire.of(inputs).problems().stream().map(Problem::toString).toList();
  }

  private Plan plan(Inputs inputs) {
    return Planner.plan(Desire.of(inputs), kernel.read(), true);
  }

  private void stand(Inputs inputs) {
    kernel.apply(plan(inputs));
    kernel.apply(plan(inputs));
    assertThat(plan(inputs).changes()).isEmpty();
  }

  private void alter(InterfaceName name, UnaryOperator<Link> change) {
    kernel.links.computeIfPresent(name, (same, link) -> change.apply(link));
  }

  private static Link alias(Link link, String alias) {
    return new Link(
        link.name(),
        alias,
        link.mac(),
        link.mtu(),
        link.up(),
        link.master(),
        link.kind(),
        link.addressGeneration(),
        link.port(),
        link.queueLength());
  }

  @Test
  void withoutAHandoverThereIsNone() {
    assertThat(tunnel(blue())).isEmpty();
    assertThat(tunnel(blue(new Handover.Ready(new Vni(5002), CARD)))).isEmpty();
  }

  @Test
  void itIsTheNetworksDeviceAgainUnderAnotherVniWithoutLearning() {
    Inputs inputs =
        inputs(
            Set.of(network(true, new Replication.ControlPlane(), false)),
            List.of(SECOND, THIRD, SELF),
            READY);
    VxlanSpec own = Desire.of(inputs).segments().get(BLUE).vxlan();
    MigrationTunnel tunnel = tunnel(inputs).orElseThrow();
    VxlanSpec spec = tunnel.spec();
    assertThat(spec.name()).isEqualTo(TUNNEL);
    assertThat(spec.vni()).isEqualTo(TUNNEL_VNI);
    assertThat(spec.port()).isEqualTo(own.port()).isEqualTo(new UdpPort(8472));
    assertThat(spec.mtu()).isEqualTo(own.mtu());
    assertThat(spec.local()).isEqualTo(own.local());
    assertThat(spec.learning()).isFalse();
    assertThat(spec.mac()).isNotEqualTo(own.mac());
    assertThat(tunnel.replication()).containsExactly(SECOND.address(), THIRD.address());
  }

  @Test
  void itReachesEveryHostAlsoWhereTheNetworkFloodsNothing() {
    Inputs inputs =
        inputs(
            Set.of(network(false, new Replication.ControlPlane(), true)),
            List.of(SECOND, THIRD, Vtep.parse("fd99::7")),
            READY);
    assertThat(Desire.of(inputs).segments().get(BLUE).replication()).isEmpty();
    assertThat(tunnel(inputs).orElseThrow().replication())
        .as("of this host's IP version")
        .containsExactly(SECOND.address(), THIRD.address());
  }

  @Test
  void aNetworkWithADestinationOfItsOwnUsesThat() {
    for (Replication own :
        List.of(
            new Replication.Remote(THIRD), new Replication.Group(IpAddress.parse("239.1.1.1")))) {
      Inputs inputs = inputs(Set.of(network(true, own, false)), List.of(SECOND), READY);
      Segment segment = Desire.of(inputs).segments().get(BLUE);
      MigrationTunnel tunnel = segment.tunnel().orElseThrow();
      assertThat(tunnel.spec().destination()).isEqualTo(segment.vxlan().destination());
      assertThat(tunnel.spec().link()).isEqualTo(segment.vxlan().link());
      assertThat(tunnel.replication()).isEqualTo(segment.replication());
    }
  }

  @Test
  void withoutPeersThereIsNoneAndNothingIsAmiss() {
    Inputs alone = inputs(Set.of(Worlds.network("blue", 5001)), List.of(), REDIRECT);
    assertThat(tunnel(alone)).isEmpty();
    assertThat(problems(alone)).isEmpty();
  }

  @Test
  void aBareDeviceHasNone() {
    Network bare =
        new Network(
            Worlds.network("blue", 5001).name(),
            BLUE,
            Optional.empty(),
            Worlds.network("blue", 5001).template(),
            Network.Origin.CONFIGURATION,
            OverlayOptions.DEFAULTS);
    assertThat(tunnel(inputs(Set.of(bare), List.of(SECOND), REDIRECT))).isEmpty();
  }

  @Test
  void theLastVniHasNoneAndThatIsSaid() {
    Vni last = new Vni(0xFF_FFFF);
    Inputs inputs =
        inputs(
            Set.of(Worlds.network("last", last.value())),
            List.of(SECOND),
            new Handover.Ready(last, CARD));
    assertThat(Desire.of(inputs).segments().get(last).tunnel()).isEmpty();
    assertThat(problems(inputs))
        .containsExactly(
            "network 'last': frames for a VM that a migration has paused are lost: there is no VNI"
                + " left to carry them; choose another VNI");
  }

  @Test
  void aNetworkThatHasTheTunnelsVniKeepsItAndThatIsSaid() {
    Inputs inputs =
        inputs(
            Set.of(Worlds.network("blue", 5001), Worlds.network("mirror", TUNNEL_VNI.value())),
            List.of(SECOND),
            READY);
    assertThat(tunnel(inputs)).isEmpty();
    assertThat(problems(inputs))
        .containsExactly(
            "network 'blue': frames for a VM that a migration has paused are lost: they would"
                + " travel in VNI 16772214, which is network 'mirror'; choose another VNI");
  }

  @Test
  void aTunnelMakesRoomForANetworkOfItsVni() {
    stand(blue(READY));
    stand(
        inputs(
            Set.of(Worlds.network("blue", 5001), Worlds.network("mirror", TUNNEL_VNI.value())),
            List.of(SECOND),
            READY));
    assertThat(kernel.links).doesNotContainKey(TUNNEL);
  }

  @Test
  void aRedirectIsInTheTunnelByHostWhereThatIsKnown() {
    MigrationTunnel tunnel =
        tunnel(
                blue(
                    new Handover.Redirect(BLUE, CARD, Optional.of(THIRD)),
                    new Handover.Redirect(BLUE, OTHER, Optional.empty())))
            .orElseThrow();
    assertThat(tunnel.unicast()).isEqualTo(Map.of(CARD, THIRD));
    assertThat(tunnel.redirected()).containsExactlyInAnyOrder(CARD, OTHER);
  }

  @Test
  void aHostThatCannotBeSentToIsAsGoodAsUnknown() {
    for (Vtep host : List.of(SELF, Vtep.parse("fd99::7"))) {
      MigrationTunnel tunnel =
          tunnel(blue(new Handover.Redirect(BLUE, CARD, Optional.of(host)))).orElseThrow();
      assertThat(tunnel.unicast()).isEmpty();
      assertThat(tunnel.redirected()).containsExactly(CARD);
    }
  }

  @Test
  void aCardThatComesBackIsNoLongerSentAway() {
    MigrationTunnel tunnel =
        tunnel(blue(new Handover.Redirect(BLUE, CARD, Optional.of(THIRD)), INCOMING)).orElseThrow();
    assertThat(tunnel.redirected()).isEmpty();
    assertThat(tunnel.unicast()).isEmpty();
    assertThat(tunnel.deliveries()).containsExactly(Map.entry(CARD, TAP));
  }

  @Test
  void theGuardStandsBeforeTheDeviceIsUpOrInTheBridge() {
    stand(blue());
    Plan first = plan(blue(READY));
    VxlanSpec spec = tunnel(blue(READY)).orElseThrow().spec();
    assertThat(first.changes())
        .containsExactly(
            new Change.CreateVxlan(spec, BLUE),
            new Change.GuardTunnel(TUNNEL),
            new Change.NoAddressGeneration(TUNNEL),
            new Change.AddReplica(TUNNEL, SECOND.address()),
            new Change.AddReplica(TUNNEL, THIRD.address()));
    kernel.apply(first);
    assertThat(plan(blue(READY)).changes())
        .containsExactly(
            new Change.SetMaster(TUNNEL, BRIDGE),
            new Change.SetPortFlags(TUNNEL, MigrationTunnel.PORT),
            new Change.SetUp(TUNNEL));
    kernel.guards.remove(TUNNEL);
    assertThat(plan(blue(READY)).changes()).containsExactly(new Change.GuardTunnel(TUNNEL));
  }

  @Test
  void aGuardThatHasOutlivedItsDeviceIsNotTrustedForTheNext() {
    kernel.guards.put(TUNNEL, new TreeMap<>());
    assertThat(plan(blue(READY)).changes())
        .contains(new Change.GuardTunnel(TUNNEL))
        .doesNotContain(new Change.SetUp(TUNNEL), new Change.SetMaster(TUNNEL, BRIDGE));
    stand(blue(READY));
  }

  @Test
  void itGoesBeforeItsGuard() {
    stand(blue(REDIRECT));
    assertThat(plan(blue()).changes())
        .containsExactly(new Change.DeleteLink(TUNNEL), new Change.UnguardTunnel(TUNNEL));
    stand(blue());
  }

  @Test
  void whatACrashLeftWithoutItsAliasGoesToo() {
    stand(blue(READY));
    alter(TUNNEL, link -> alias(link, ""));
    assertThat(plan(blue(READY)).changes()).containsExactly(new Change.SetAlias(TUNNEL, BLUE));
    assertThat(plan(blue()).changes())
        .containsExactly(new Change.DeleteLink(TUNNEL), new Change.UnguardTunnel(TUNNEL));
    assertThat(plan(inputs(Set.of(), List.of())).changes())
        .as("also with its network")
        .contains(new Change.DeleteLink(TUNNEL));
    alter(TUNNEL, link -> alias(link, "mine"));
    assertThat(plan(blue()).changes()).noneMatch(change -> change instanceof Change.DeleteLink);
  }

  @Test
  void portFlagsThatSomebodyChangedAreSetRight() {
    stand(blue(READY));
    kernel.apply(new Change.SetPortFlags(TUNNEL, new Segment.PortFlags(false, false, true)));
    assertThat(plan(blue(READY)).changes())
        .containsExactly(new Change.SetPortFlags(TUNNEL, MigrationTunnel.PORT));
  }

  @Test
  void aRedirectIsOneEntryAndItsEndToo() {
    stand(blue(READY));
    kernel.foreign("vnet0", new Kind.Other(), "br5001");
    kernel.hear("vnet0", CARD);
    assertThat(plan(blue(REDIRECT)).changes())
        .containsExactly(new Change.PlaceBehindPort(TUNNEL, CARD));
    stand(blue(REDIRECT));
    assertThat(plan(blue(READY)).changes())
        .containsExactly(new Change.RemoveBehindPort(TUNNEL, CARD));
  }

  @Test
  void whatTheBridgeHearsAfterARedirectIsLeftAlone() {
    stand(blue(REDIRECT));
    kernel.hear("vxlan5001", CARD);
    assertThat(plan(blue(REDIRECT)).changes()).as("the VM was heard where it went").isEmpty();
    assertThat(plan(blue(READY)).changes()).as("nor is anything left to remove").isEmpty();
  }

  @Test
  void untilAVmArrivesWhatGoesToItLeavesAndItsTapHoldsWhatComes() {
    stand(blue());
    kernel.foreign("vnet0", new Kind.Other(), "br5001");
    stand(blue(INCOMING));
    assertThat(kernel.behindTunnel.get(VXLAN)).containsExactly(CARD);
    assertThat(kernel.guards.get(TUNNEL)).isEqualTo(Map.of(CARD, TAP));
    assertThat(kernel.links.get(TAP).queueLength()).isEqualTo(21_000);

    kernel.hear("vnet0", CARD);
    assertThat(plan(blue(INCOMING)).changes()).as("it is heard, but not known yet").isEmpty();
    assertThat(plan(blue(ARRIVED)).changes()).as("frames still wait in its tap").isEmpty();
    assertThat(kernel.guards.get(TUNNEL)).isEqualTo(Map.of(CARD, TAP));
    assertThat(plan(blue()).changes()).contains(new Change.SetQueueLength(TAP, 1000));
    stand(blue());
    assertThat(kernel.guards).isEmpty();
    assertThat(kernel.learned.get(TAP)).containsExactly(CARD);
  }

  @Test
  void aVmThatDoesNotComeLeavesNoEntry() {
    stand(blue());
    kernel.foreign("vnet0", new Kind.Other(), "br5001");
    stand(blue(INCOMING));
    kernel.links.remove(TAP);
    assertThat(plan(blue()).changes())
        .containsExactly(
            new Change.RemoveBehindPort(VXLAN, CARD),
            new Change.DeleteLink(TUNNEL),
            new Change.UnguardTunnel(TUNNEL));
  }

  @Test
  void framesAreDeliveredOnlyIntoATapThatIsPluggedInHere() {
    stand(blue());
    kernel.foreign("virbr0", new Kind.Bridge(true), "");
    for (String master : List.of("", "virbr0")) {
      kernel.foreign("vnet0", new Kind.Other(), master);
      stand(blue(INCOMING));
      assertThat(kernel.guards.get(TUNNEL)).isEmpty();
      assertThat(kernel.links.get(TAP).queueLength()).isEqualTo(1000);
    }
    kernel.foreign("vnet0", new Kind.Other(), "br5001");
    stand(blue(INCOMING));
    assertThat(kernel.guards.get(TUNNEL)).isEqualTo(Map.of(CARD, TAP));
    Handover intoTheTunnel = new Handover.Delivery(BLUE, OTHER, VXLAN, false);
    stand(blue(INCOMING, intoTheTunnel));
    assertThat(kernel.guards.get(TUNNEL)).doesNotContainKey(OTHER);
  }

  @Test
  void aDeliveryToAnotherTapReplacesTheFormer() {
    stand(blue());
    kernel.foreign("vnet0", new Kind.Other(), "br5001");
    kernel.foreign("vnet1", new Kind.Other(), "br5001");
    stand(blue(ARRIVED));
    InterfaceName next = new InterfaceName("vnet1");
    assertThat(plan(blue(new Handover.Delivery(BLUE, CARD, next, true))).changes())
        .containsExactly(
            new Change.StopDelivery(TUNNEL, CARD), new Change.Deliver(TUNNEL, CARD, next));
  }

  @Test
  void whereTheBridgeAnswersForOthersARedirectedCardIsBehindTheTunnelOnly() {
    Set<Network> networks = Set.of(network(true, new Replication.ControlPlane(), true));
    Inputs before = inputs(networks, List.of(SECOND, THIRD), INCOMING);
    stand(before);
    assertThat(kernel.behindTunnel.get(VXLAN)).containsExactly(CARD);
    stand(inputs(networks, List.of(SECOND, THIRD), REDIRECT));
    assertThat(kernel.behindTunnel.get(VXLAN)).isEmpty();
    assertThat(kernel.behindTunnel.get(TUNNEL)).containsExactly(CARD);
  }

  @Test
  void aDeviceOfOthersOfItsNameOrVniKeepsOnlyTheTunnelFromStanding() {
    kernel.foreign("vxmig5001", new Kind.Other(), "");
    stand(blue(READY));
    assertThat(plan(blue(READY)).blocked()).isEmpty();
    assertThat(plan(blue(READY)).problems())
        .extracting(Problem::toString)
        .containsExactly(
            "network 'blue': frames for a VM that a migration has paused are lost: they would"
                + " travel by device vxmig5001 in VNI 16772214, but vxmig5001 exists and vxland did"
                + " not make it; delete it");
    assertThat(kernel.guards).isEmpty();
  }

  @Test
  void aTapInOurBridgeSaysNothingOfTheHostsOwn() {
    Inputs inputs =
        Worlds.inputs(
            blue().networks(),
            Set.of(Worlds.port(CARD.toString(), 5001, LocalPort.State.HERE)),
            blue().knowledge());
    stand(inputs);
    kernel.foreign("vnet0", new Kind.Other(), "br5001");
    kernel.foreign("vnet7", new Kind.Other(), "br5001");
    Prefix own = Prefix.parse("fe80::fc54:ff:fe00:1/64");
    kernel.linkLocals.put(TAP, new HashSet<>(Set.of(own)));
    kernel.linkLocals.put(new InterfaceName("vnet7"), new HashSet<>(Set.of(own)));
    assertThat(plan(inputs).changes())
        .as("vnet7 is no VM's that we know of")
        .containsExactly(new Change.NoAddressGeneration(TAP), new Change.RemoveAddress(TAP, own));
    stand(inputs);
  }
}
