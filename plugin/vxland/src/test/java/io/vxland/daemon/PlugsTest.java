package io.vxland.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.libvirt.xml.DomainDescription;
import io.vxland.libvirt.xml.Nic;
import io.vxland.model.InterfaceName;
import io.vxland.model.LocalPort;
import io.vxland.model.MacAddress;
import io.vxland.model.Vni;
import io.vxland.plan.ActualState;
import io.vxland.plan.ActualState.Kind;
import io.vxland.plan.Change;
import io.vxland.plan.ovs.ActualSwitches;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class PlugsTest {
  private static final UUID VM = new UUID(0, 1);
  private static final InterfaceName TAP = new InterfaceName("vnet0");
  private static final InterfaceName BLUE = new InterfaceName("br5001");

  private final List<UUID> looked = new ArrayList<>();
  private final TapOwners owners = new TapOwners();
  private final Map<InterfaceName, ActualState.Link> links = new HashMap<>();
  private long now = 1_000_000_000L;
  private long lookedAt;
  private final Plugs plugs =
      new Plugs(
          new Looks(looked::add, domain -> false),
          owners,
          (domain, since) -> lookedAt >= since,
          () -> now);

  /** One that nobody listens to. */
  static Plugs inattentive() {
    return new Plugs(
        new Looks(domain -> {}, domain -> false),
        new TapOwners(),
        (domain, since) -> false,
        System::nanoTime);
  }

  PlugsTest() {
    link("br5001", "vxland:vni=5001", "", new Kind.Bridge(true));
    link("br6001", "vxland:vni=6001", "", new Kind.Bridge(true));
    link("lan0", "", "", new Kind.Bridge(true));
    link("vnet0", "", "br5001", new Kind.Other());
  }

  private void link(String name, String alias, String master, Kind kind) {
    links.put(
        new InterfaceName(name),
        new ActualState.Link(
            new InterfaceName(name),
            alias,
            MacAddress.parse("02:00:00:00:00:01"),
            1450,
            true,
            master.isEmpty() ? Optional.empty() : Optional.of(new InterfaceName(master)),
            kind,
            false,
            Optional.empty(),
            1000));
  }

  private static World.View world(LocalPort... ports) {
    return new World.View(1, Set.of(), Map.of(), Set.of(ports), Set.of(), List.of(), true);
  }

  private static LocalPort inBlue(String tap, int last) {
    return new LocalPort(
        VM,
        "vm",
        new MacAddress(0x5254_0000_0000L + last),
        new Vni(5001),
        BLUE,
        Optional.of(new InterfaceName(tap)),
        Optional.empty(),
        LocalPort.State.HERE);
  }

  private ActualSwitches switches = new ActualSwitches(Optional.empty(), Map.of());

  private List<Change> pass(LocalPort... ports) {
    ActualState actual =
        new ActualState(
            links,
            Map.of(),
            Map.of(),
            Map.of(),
            Map.of(),
            Map.of(),
            Map.of(),
            Map.of(),
            ActualState.Guard.available(Map.of()),
            ActualState.VtepTable.UNMANAGED,
            ActualState.Frames.of(""),
            ActualState.Filter.NONE);
    plugs.observe(world(ports), actual, switches);
    var plan = plugs.mend(world(ports), actual, switches);
    plugs.mended(plan);
    return plan.changes();
  }

  @Test
  void whileTapsAreWhereLibvirtSaysNobodyIsLookedAt() {
    assertThat(pass(inBlue("vnet0", 1))).isEmpty();
    assertThat(pass(inBlue("vnet0", 1))).isEmpty();
    assertThat(looked).isEmpty();
  }

  @Test
  void aVmWhoseTapIsInAnotherBridgeIsLookedAtOnceForEachPlace() {
    link("vnet0", "", "br6001", new Kind.Other());
    pass(inBlue("vnet0", 1));
    assertThat(pass(inBlue("vnet0", 1))).isEmpty();
    assertThat(looked).containsExactly(VM);
    link("vnet0", "", "lan0", new Kind.Other());
    lookedAt = now;
    assertThat(pass(inBlue("vnet0", 1))).isEmpty();
    assertThat(looked).containsExactly(VM, VM);
  }

  @Test
  void aTapOfAVmOnNoNetworkOfOursThatTurnsUpInABridgeOfOursHasItsVmLookedAt() {
    owners.of(
        new DomainDescription(
            VM,
            "vm",
            List.of(
                new Nic(
                    Nic.Type.BRIDGE,
                    MacAddress.parse("52:54:00:00:00:01"),
                    Optional.empty(),
                    Optional.of(new InterfaceName("lan0")),
                    Optional.empty(),
                    Optional.of(TAP),
                    Optional.empty())),
            List.of()));
    link("vnet0", "", "lan0", new Kind.Other());
    pass();
    assertThat(looked).isEmpty();
    link("vnet0", "", "br5001", new Kind.Other());
    pass();
    pass();
    assertThat(looked).containsExactly(VM);
  }

  @Test
  void whatNoVmHasInABridgeOfOursConcernsNobody() {
    pass();
    assertThat(looked).isEmpty();
  }

  @Test
  void aVmThatLosesOneTapIsLookedAtButOneThatLosesAllIsAboutToEnd() {
    links.remove(TAP);
    pass(inBlue("vnet0", 1));
    assertThat(looked).isEmpty();
    link("vnet1", "", "br5001", new Kind.Other());
    pass(inBlue("vnet0", 1), inBlue("vnet1", 2));
    assertThat(looked).containsExactly(VM);
  }

  @Test
  void aTapInNoBridgeIsPluggedInOnceLibvirtHasSaidSinceThatItBelongsThere() {
    link("vnet0", "", "", new Kind.Other());
    lookedAt = now - 1;
    assertThat(pass(inBlue("vnet0", 1))).isEmpty();
    assertThat(looked).containsExactly(VM);
    lookedAt = now + 1;
    assertThat(pass(inBlue("vnet0", 1))).containsExactly(new Change.SetMaster(TAP, BLUE));
  }

  @Test
  void aTapThatHasFallenOutOfASwitchIsPluggedIntoItAsLibvirtDoes() {
    link("vnet0", "", "", new Kind.Other());
    links.remove(BLUE);
    switches =
        new ActualSwitches(
            Optional.empty(),
            Map.of(
                BLUE,
                new ActualSwitches.ActualSwitch(true, "netdev", OptionalInt.empty(), Map.of())));
    lookedAt = Long.MAX_VALUE;
    assertThat(pass(inBlue("vnet0", 1)))
        .extracting(Change::command)
        .containsExactly(
            "ovs-vsctl add-port br5001 vnet0 -- set Interface vnet0"
                + " external_ids:attached-mac=\"52:54:00:00:00:01\" external_ids:vm-id="
                + VM
                + " external_ids:iface-status=active");
  }

  @Test
  void aTapIsNotPluggedIntoABridgeOfSomebodyElse() {
    link("vnet0", "", "", new Kind.Other());
    link("br5001", "", "", new Kind.Bridge(true));
    lookedAt = Long.MAX_VALUE;
    assertThat(pass(inBlue("vnet0", 1))).isEmpty();
  }

  @Test
  void whoeverTakesATapOutAgainAndAgainIsNotFoughtForEver() {
    link("vnet0", "", "", new Kind.Other());
    lookedAt = Long.MAX_VALUE;
    int times = 0;
    for (int i = 0; i < 100; i++) {
      now += 100_000_000;
      times += pass(inBlue("vnet0", 1)).size();
    }
    assertThat(times).isBetween(2, 10);
    now += 100_000_000_000L;
    assertThat(pass(inBlue("vnet0", 1))).hasSize(1);
  }
}
