package io.vxland.plan;

import static io.vxland.plan.Worlds.SECOND;
import static io.vxland.plan.Worlds.THIRD;
import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.model.Checksums;
import io.vxland.model.InterfaceName;
import io.vxland.model.IpAddress;
import io.vxland.model.Knowledge;
import io.vxland.model.LocalPort;
import io.vxland.model.Location;
import io.vxland.model.MacAddress;
import io.vxland.model.Network;
import io.vxland.model.OverlayOptions;
import io.vxland.model.Prefix;
import io.vxland.model.UdpPort;
import io.vxland.model.Vni;
import io.vxland.plan.ActualState.Destination;
import io.vxland.plan.ActualState.Kind;
import io.vxland.plan.ActualState.Neighbour;
import io.vxland.plan.ActualState.UnicastEntry;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The plan, case by case. */
class PlannerTest {
  private static final Vni BLUE = new Vni(5001);
  private static final InterfaceName BRIDGE = new InterfaceName("br5001");
  private static final InterfaceName VXLAN = new InterfaceName("vxlan5001");
  private static final MacAddress CARD = MacAddress.parse("52:54:00:00:00:01");
  private static final Inputs NO_NETWORKS =
      Worlds.inputs(Set.of(), Set.of(), new Knowledge(true, Map.of(), Map.of()));

  private final FakeKernel kernel = new FakeKernel();

  private Plan plan(Inputs inputs) {
    return Planner.plan(Desire.of(inputs), kernel.read(), true);
  }

  private void stand(Inputs inputs) {
    kernel.apply(plan(inputs));
    assertThat(plan(inputs).changes()).isEmpty();
  }

  private static Inputs blueWith(Location... locations) {
    Set<Network> networks = Set.of(Worlds.network("blue", 5001));
    return Worlds.inputs(
        networks,
        Set.of(),
        Worlds.knowledge(networks, List.of(SECOND, THIRD), Map.of(BLUE, List.of(locations))));
  }

  private static List<String> problems(Plan plan) {
    return plan.problems().stream().map(Problem::toString).toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"br5001", "vxlan5001"})
  void aLinkThatACrashLeftWithoutItsAliasGetsItAndNothingElse(String device) {
    stand(Worlds.blue());
    InterfaceName name = new InterfaceName(device);
    kernel.alter(name, LinkChanges.alias(""));
    Plan plan = plan(Worlds.blue());
    assertThat(plan.problems()).isEmpty();
    assertThat(plan.blocked()).isEmpty();
    assertThat(plan.changes()).contains(new Change.SetAlias(name, BLUE));
    kernel.apply(plan);
    assertThat(plan(Worlds.blue()).changes()).isEmpty();
  }

  @Test
  void bothLinksWithoutTheirAliasesGetThem() {
    stand(Worlds.blue());
    kernel.alter(BRIDGE, LinkChanges.alias(""));
    kernel.alter(VXLAN, LinkChanges.alias(""));
    assertThat(plan(Worlds.blue()).changes())
        .contains(new Change.SetAlias(BRIDGE, BLUE), new Change.SetAlias(VXLAN, BLUE))
        .noneMatch(change -> change instanceof Change.DeleteLink);
  }

  @ParameterizedTest
  @ValueSource(strings = {"br5001", "vxlan5001"})
  void aLinkOfOurNameWithAnotherAddressIsSomebodyElses(String device) {
    stand(Worlds.blue());
    InterfaceName name = new InterfaceName(device);
    kernel.alter(name, LinkChanges.alias(""));
    kernel.alter(name, LinkChanges.mac("52:54:00:99:99:99"));
    assertBlocked(device);
  }

  @ParameterizedTest
  @ValueSource(strings = {"br5001", "vxlan5001"})
  void aLinkOfOurNameAndAddressThatBearsAnotherAliasIsSomebodyElses(String device) {
    stand(Worlds.blue());
    kernel.alter(new InterfaceName(device), LinkChanges.alias("uplink of rack 7"));
    assertBlocked(device);
  }

  @ParameterizedTest
  @ValueSource(strings = {"br5001", "vxlan5001"})
  void aLinkOfOurNameAndAddressThatIsOfAnotherKindIsSomebodyElses(String device) {
    stand(Worlds.blue());
    InterfaceName name = new InterfaceName(device);
    kernel.alter(name, LinkChanges.alias(""));
    kernel.alter(name, LinkChanges.kind(new Kind.Other()));
    assertBlocked(device);
  }

  private void assertBlocked(String device) {
    Plan plan = plan(Worlds.blue());
    assertThat(plan.changes()).isEmpty();
    assertThat(plan.blocked()).containsExactly(BLUE);
    assertThat(problems(plan))
        .containsExactly(
            "network 'blue': device "
                + device
                + " exists and vxland did not make it; delete it, or hand it over with: ip link"
                + " set "
                + device
                + " alias vxland:vni=5001");
  }

  @Test
  void aHandMadeBridgeIsAdoptedOnceItHasTheAlias() {
    kernel.foreign("br5001", new Kind.Bridge(false), "");
    kernel.foreign("vnet7", new Kind.Other(), "br5001");
    assertBlocked("br5001");
    kernel.alter(BRIDGE, LinkChanges.alias("vxland:vni=5001"));
    stand(Worlds.blue());
    assertThat(kernel.links.get(new InterfaceName("vnet7")).master()).contains(BRIDGE);
  }

  @Test
  void aForeignDeviceOfTheSameVniAndPortBlocksTheNetworkAndIsNamed() {
    kernel.foreign("tunnel0", vxlanOfVni(5001, 4789), "");
    Plan plan = plan(Worlds.blue());
    assertThat(plan.changes()).isEmpty();
    assertThat(problems(plan))
        .containsExactly(
            "network 'blue': VNI 5001 on port 4789 already belongs to device tunnel0, which vxland"
                + " did not make; delete it or choose another VNI");
  }

  @Test
  void aForeignDeviceOfTheSameVniOnAnotherPortDoesNot() {
    kernel.foreign("tunnel0", vxlanOfVni(5001, 8472), "");
    stand(Worlds.blue());
  }

  private static Kind vxlanOfVni(int vni, int port) {
    return new Kind.Vxlan(
        vni,
        Optional.of(IpAddress.parse("10.99.0.1")),
        new UdpPort(port),
        true,
        300,
        false,
        0,
        Optional.empty(),
        false,
        0,
        Checksums.DEFAULTS,
        false);
  }

  @Test
  void aBlockedNetworkDoesNotKeepAnotherFromBeingMade() {
    kernel.foreign("br5001", new Kind.Bridge(true), "");
    Set<Network> networks = Set.of(Worlds.network("blue", 5001), Worlds.network("red", 5002));
    Plan plan =
        plan(
            Worlds.inputs(
                networks, Set.of(), Worlds.knowledge(networks, List.of(SECOND), Map.of())));
    assertThat(plan.blocked()).containsExactly(BLUE);
    assertThat(plan.changes())
        .isNotEmpty()
        .allMatch(
            change ->
                change.device().value().endsWith("5002")
                    || (change instanceof Change.TreatFrames treat
                        && !treat.rules().replacement().contains("vxlan5001")));
  }

  @Test
  void aBridgeThatNobodyWantsStaysWhileSomebodyIsPluggedInAndIsSaid() {
    stand(Worlds.blue());
    kernel.foreign("vnet7", new Kind.Other(), "br5001");
    kernel.apply(new Change.LeaveFrames());
    kernel.apply(new Change.RemovePortFilter(new InterfaceName("br5001"), BLUE));
    Plan plan = plan(NO_NETWORKS);
    assertThat(plan.changes()).isEmpty();
    assertThat(problems(plan))
        .containsExactly(
            "bridge br5001: no network uses it any more, but [vnet7] is plugged in; it stays until"
                + " that is unplugged");
    kernel.links.remove(new InterfaceName("vnet7"));
    assertThat(plan(NO_NETWORKS).changes())
        .containsExactly(new Change.DeleteLink(VXLAN), new Change.DeleteLink(BRIDGE));
  }

  @Test
  void aDeviceThatMustBeMadeAnewStaysUntilBothSnapshotsAreIn() {
    stand(Worlds.blue());
    Network moved = Worlds.network("blue", 5001, OverlayOptions.DEFAULTS.on(new UdpPort(8472)));
    Inputs inputs =
        Worlds.inputs(
            Set.of(moved),
            Set.of(),
            Worlds.knowledge(Set.of(moved), List.of(SECOND, THIRD), Map.of()));
    assertThat(Planner.plan(Desire.of(inputs), kernel.read(), false).changes()).isEmpty();
    assertThat(plan(inputs).changes()).contains(new Change.DeleteLink(VXLAN));
    stand(inputs);
  }

  @Test
  void aPlaceThatSomebodyTypedStaysAndIsSaid() {
    stand(Worlds.blue());
    Destination typed = Destination.of(THIRD.address());
    kernel.unicast.put(VXLAN, new TreeMap<>(Map.of(CARD, new UnicastEntry(typed, false))));
    Plan plan = plan(blueWith(new Location(CARD, SECOND, List.of())));
    assertThat(plan.changes()).isEmpty();
    assertThat(problems(plan))
        .containsExactly(
            "network 'blue': 52:54:00:00:00:01 should be at 10.99.0.2, but an entry that vxland did"
                + " not make points to 10.99.0.3; delete it with: bridge fdb del 52:54:00:00:00:01"
                + " dev vxlan5001");
    assertThat(plan(Worlds.blue()).changes()).as("nor is it swept").isEmpty();
  }

  @Test
  void aPlaceThatMovesIsOneReplacement() {
    stand(blueWith(new Location(CARD, SECOND, List.of())));
    assertThat(plan(blueWith(new Location(CARD, THIRD, List.of()))).changes())
        .containsExactly(new Change.PlaceMac(VXLAN, CARD, THIRD.address()));
  }

  @Test
  void aPlaceOfOursOnAnOddPortIsPutRight() {
    stand(blueWith(new Location(CARD, SECOND, List.of())));
    kernel
        .unicast
        .get(VXLAN)
        .put(CARD, new UnicastEntry(new Destination(SECOND.address(), 8472, 0), true));
    assertThat(plan(blueWith(new Location(CARD, SECOND, List.of()))).changes())
        .containsExactly(new Change.PlaceMac(VXLAN, CARD, SECOND.address()));
  }

  @Test
  void foreignNeighboursAndAddressesOnOurDevicesAreNotSwept() {
    stand(Worlds.blue());
    kernel.neighbours.put(
        BRIDGE,
        new TreeMap<>(
            Map.of(IpAddress.parse("7.7.7.9"), new Neighbour(CARD, ActualState.Author.SOMEBODY))));
    kernel.addresses.put(BRIDGE, new TreeMap<>(Map.of(Prefix.parse("7.7.7.1/24"), false)));
    assertThat(plan(Worlds.blue()).changes()).isEmpty();
  }

  @Test
  void aStrangerInTheReplicationListIsTakenOut() {
    stand(Worlds.blue());
    Destination stranger = new Destination(IpAddress.parse("203.0.113.9"), 0, 0);
    kernel.replication.get(VXLAN).add(stranger);
    assertThat(plan(Worlds.blue()).changes())
        .containsExactly(new Change.RemoveReplica(VXLAN, stranger));
  }

  @Test
  void aTapThatFellOutOfItsBridgeIsToldWithTheCommandThatPlugsItIn() {
    Inputs blue = Worlds.blue();
    Inputs inputs =
        Worlds.inputs(
            blue.networks(),
            Set.of(Worlds.port("52:54:00:00:00:01", 5001, LocalPort.State.HERE)),
            blue.knowledge());
    stand(inputs);
    kernel.foreign("vnet0", new Kind.Other(), "br5001");
    assertThat(plan(inputs).problems()).isEmpty();
    kernel.foreign("vnet0", new Kind.Other(), "");
    Plan plan = plan(inputs);
    assertThat(plan.changes()).isEmpty();
    assertThat(plan.problems())
        .extracting(Problem::toString)
        .containsExactly(
            "VM 'vm1': its tap vnet0 is not in bridge br5001; plug it in with: ip link set vnet0"
                + " master br5001");
  }
}
