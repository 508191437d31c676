package io.vxland.plan;

import static io.vxland.plan.TunnelWorlds.ARRIVED;
import static io.vxland.plan.TunnelWorlds.BLUE;
import static io.vxland.plan.TunnelWorlds.BRIDGE;
import static io.vxland.plan.TunnelWorlds.CARD;
import static io.vxland.plan.TunnelWorlds.INCOMING;
import static io.vxland.plan.TunnelWorlds.OTHER;
import static io.vxland.plan.TunnelWorlds.OUTLET;
import static io.vxland.plan.TunnelWorlds.READY;
import static io.vxland.plan.TunnelWorlds.REDIRECT;
import static io.vxland.plan.TunnelWorlds.TAP;
import static io.vxland.plan.TunnelWorlds.TUNNEL;
import static io.vxland.plan.TunnelWorlds.TUNNEL_VNI;
import static io.vxland.plan.TunnelWorlds.VXLAN;
import static io.vxland.plan.TunnelWorlds.blue;
import static io.vxland.plan.TunnelWorlds.inputs;
import static io.vxland.plan.TunnelWorlds.network;
import static io.vxland.plan.TunnelWorlds.tunnel;
import static io.vxland.plan.Worlds.SECOND;
import static io.vxland.plan.Worlds.THIRD;
import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.model.Flooding;
import io.vxland.model.Handover;
import io.vxland.model.InterfaceName;
import io.vxland.model.LocalPort;
import io.vxland.model.Network;
import io.vxland.model.OverlayOptions.Replication;
import io.vxland.model.Prefix;
import io.vxland.plan.ActualState.Kind;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** How a migration tunnel comes to stand, is kept and goes, case by case. */
class TunnelPlannerTest {
  private static final Handover REDIRECT_OTHER =
      new Handover.Redirect(BLUE, OTHER, Optional.empty());

  private final FakeKernel kernel = new FakeKernel();

  private Plan plan(Inputs inputs) {
    return Planner.plan(Desire.of(inputs), kernel.read(), true);
  }

  private void stand(Inputs inputs) {
    kernel.apply(plan(inputs));
    assertThat(plan(inputs).changes()).isEmpty();
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
  void theDeviceThatReceivesIsInNoBridgeAndThePortOnlySends() {
    stand(blue());
    MigrationTunnel tunnel = tunnel(blue(READY)).orElseThrow();
    assertThat(plan(blue(READY)).changes())
        .containsExactly(
            new Change.CreateVxlan(tunnel.spec(), BLUE),
            new Change.CreateOutlet(tunnel.outlet(), BLUE),
            new Change.GuardTunnel(TUNNEL),
            new Change.NoAddressGeneration(TUNNEL),
            new Change.NoAddressGeneration(OUTLET),
            new Change.SetMaster(OUTLET, BRIDGE),
            new Change.SetPortFlags(OUTLET, MigrationTunnel.PORT),
            new Change.AddReplica(TUNNEL, SECOND.address()),
            new Change.AddReplica(TUNNEL, THIRD.address()),
            new Change.SetUp(TUNNEL),
            new Change.SetUp(OUTLET));
    stand(blue(READY));
    assertThat(kernel.links.get(TUNNEL).master()).isEmpty();
    kernel.guards.remove(TUNNEL);
    assertThat(plan(blue(READY)).changes()).containsExactly(new Change.GuardTunnel(TUNNEL));
  }

  @Test
  void whatAnEarlierVersionOrSomebodyElseHasPluggedInIsUnplugged() {
    stand(blue(READY));
    kernel.alter(TUNNEL, LinkChanges.master(BRIDGE));
    assertThat(plan(blue(READY)).changes()).containsExactly(new Change.ClearMaster(TUNNEL));
  }

  @Test
  void aPortThatReceivesIsMadeAnew() {
    stand(blue(READY));
    kernel.alter(OUTLET, LinkChanges.kind(new Kind.Outlet(Optional.of(TUNNEL), false)));
    MigrationTunnel tunnel = tunnel(blue(READY)).orElseThrow();
    assertThat(plan(blue(READY)).changes())
        .startsWith(new Change.DeleteLink(OUTLET), new Change.CreateOutlet(tunnel.outlet(), BLUE));
    stand(blue(READY));
  }

  @Test
  void aGuardThatHasOutlivedItsDeviceIsNotTrustedForTheNext() {
    kernel.guards.put(TUNNEL, new TreeMap<>());
    assertThat(plan(blue(READY)).changes()).contains(new Change.GuardTunnel(TUNNEL));
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
    kernel.alter(TUNNEL, LinkChanges.alias(""));
    assertThat(plan(blue(READY)).changes()).containsExactly(new Change.SetAlias(TUNNEL, BLUE));
    assertThat(plan(blue()).changes())
        .containsExactly(new Change.DeleteLink(TUNNEL), new Change.UnguardTunnel(TUNNEL));
    assertThat(plan(inputs(Set.of(), List.of())).changes())
        .as("also with its network")
        .contains(new Change.DeleteLink(TUNNEL));
    kernel.alter(TUNNEL, LinkChanges.alias("mine"));
    assertThat(plan(blue()).changes()).doesNotContain(new Change.DeleteLink(TUNNEL));
  }

  @Test
  void portFlagsThatSomebodyChangedAreSetRight() {
    stand(blue(READY));
    kernel.apply(new Change.SetPortFlags(OUTLET, new Segment.PortFlags(false, false, true)));
    assertThat(plan(blue(READY)).changes())
        .containsExactly(new Change.SetPortFlags(OUTLET, MigrationTunnel.PORT));
  }

  @Test
  void whatIsUnknownIsWrittenAgainAndNothingIsTakenAway() {
    stand(blue());
    kernel.foreign("vnet0", new Kind.Other(), "br5001");
    stand(blue(INCOMING, REDIRECT_OTHER));
    kernel.unknownGuards = "list table netdev vxland: nft did not exit within 2 s and was killed";
    Plan plan = plan(blue(INCOMING, REDIRECT_OTHER));
    assertThat(plan.changes())
        .containsExactly(new Change.GuardTunnel(TUNNEL), new Change.Deliver(TUNNEL, CARD, TAP));
    assertThat(plan.problems())
        .singleElement()
        .satisfies(
            problem -> assertThat(problem.message()).contains("nft did not exit within 2 s"));
    assertThat(plan(blue()).changes())
        .as("also where nothing is wanted any more")
        .doesNotContain(new Change.StopDelivery(TUNNEL, CARD));
  }

  @Test
  void aRedirectNeedsNoNftables() {
    kernel.noGuards = "there is no nft";
    stand(blue(REDIRECT));
    assertThat(kernel.behindTunnel.get(OUTLET)).containsExactly(CARD);
    assertThat(kernel.guards).isEmpty();
  }

  @Test
  void aRedirectIsOneEntryAndItsEndToo() {
    stand(blue(READY));
    kernel.foreign("vnet0", new Kind.Other(), "br5001");
    kernel.hear("vnet0", CARD);
    assertThat(plan(blue(REDIRECT)).changes())
        .containsExactly(new Change.PlaceBehindPort(OUTLET, CARD));
    stand(blue(REDIRECT));
    assertThat(plan(blue(READY)).changes())
        .containsExactly(new Change.RemoveBehindPort(OUTLET, CARD));
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
    Set<Network> networks = Set.of(network(Flooding.ALL, new Replication.ControlPlane(), true));
    Inputs before = inputs(networks, List.of(SECOND, THIRD), INCOMING);
    stand(before);
    assertThat(kernel.behindTunnel.get(VXLAN)).containsExactly(CARD);
    stand(inputs(networks, List.of(SECOND, THIRD), REDIRECT));
    assertThat(kernel.behindTunnel.get(VXLAN)).isEmpty();
    assertThat(kernel.behindTunnel.get(OUTLET)).containsExactly(CARD);
  }

  @Test
  void aDeviceOfOthersOfItsNameOrVniKeepsOnlyTheTunnelFromStanding() {
    kernel.foreign("vxmig5001", new Kind.Other(), "");
    stand(blue(READY));
    assertThat(plan(blue(READY)).blocked()).isEmpty();
    assertThat(plan(blue(READY)).problems())
        .extracting(Problem::toString)
        .containsExactly(
            "network 'blue': frames for a VM that is paused by a migration are lost: the migration"
                + " tunnel needs device vxmig5001 with VNI 16772214, but vxmig5001 exists and"
                + " vxland did not make it; delete it");
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
        .containsExactly(
            new Change.NoAddressGeneration(TAP),
            new Change.PinToPort(TAP, CARD),
            new Change.RemoveAddress(TAP, own));
    stand(inputs);
  }
}
