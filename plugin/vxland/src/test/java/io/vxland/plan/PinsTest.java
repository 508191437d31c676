package io.vxland.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.model.Allowance;
import io.vxland.model.Handover;
import io.vxland.model.InterfaceName;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Which MAC addresses a bridge keeps at their ports: those of nobody who may move by right. */
class PinsTest {
  private static final Vni VNI = new Vni(5001);
  private static final Vtep SELF = Vtep.parse("10.99.0.1");
  private static final Vtep OTHER = Vtep.parse("10.99.0.2");
  private static final MacAddress ONE = MacAddress.parse("52:54:00:00:00:01");
  private static final MacAddress TWO = MacAddress.parse("52:54:00:00:00:02");
  private static final MacAddress REMOTE = MacAddress.parse("52:54:00:00:00:03");
  private static final InterfaceName TAP = new InterfaceName("vnet1");

  private static Network network(PortSecurity security) {
    return new Network(
        new NetworkName("blue"),
        VNI,
        Optional.of(Network.defaultBridge(VNI)),
        Template.BRIDGE,
        Network.Origin.CONFIGURATION,
        OverlayOptions.TOLD.with(security));
  }

  private static LocalPort port(int vm, int tap, MacAddress mac) {
    return new LocalPort(
        new UUID(0, vm),
        "vm" + vm,
        mac,
        VNI,
        Network.defaultBridge(VNI),
        Optional.of(new InterfaceName("vnet" + tap)),
        Optional.empty(),
        LocalPort.State.HERE);
  }

  private static Allowance may(PortSecurity security, MacAddress... macs) {
    return new Allowance(Optional.ofNullable(security), Set.of(macs), Set.of(), false, false);
  }

  private static Location at(Vtep host, MacAddress mac) {
    return new Location(mac, host, List.of());
  }

  /** Of the port of VM 1, at a tap; beside what else is true. */
  private record Case(
      String name,
      boolean kept,
      Set<LocalPort> ports,
      List<Location> locations,
      Set<Handover> handovers) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Case ports(String name, boolean kept, LocalPort... ports) {
    return new Case(name, kept, Set.of(ports), List.of(at(OTHER, REMOTE)), Set.of());
  }

  private static Case handover(String name, boolean kept, Handover handover) {
    return new Case(
        name, kept, Set.of(port(1, 1, ONE)), List.of(at(OTHER, REMOTE)), Set.of(handover));
  }

  private static Case location(String name, boolean kept, Location location) {
    return new Case(name, kept, Set.of(port(1, 1, ONE)), List.of(location), Set.of());
  }

  static Stream<Arguments> cases() {
    LocalPort one = port(1, 1, ONE);
    return Stream.of(
            ports("it is here", true, one),
            ports("another VM is here, too", true, one, port(2, 2, TWO)),
            ports("it comes", false, one.in(LocalPort.State.INCOMING)),
            ports("it leaves", false, one.in(LocalPort.State.LEAVING)),
            ports("it has no tap yet", false, one.on(Optional.empty())),
            ports("a VM with two NICs", false, one, port(1, 2, TWO)),
            ports("two VMs with one MAC address", false, one, port(2, 2, ONE)),
            ports("a VM that may use it", false, one, port(2, 2, TWO).allowed(may(null, ONE))),
            ports(
                "one that may use another's",
                true,
                one,
                port(2, 2, TWO).allowed(may(null, REMOTE))),
            ports(
                "a VM that may send anything",
                false,
                one,
                port(2, 2, TWO).allowed(may(PortSecurity.NONE))),
            ports("it may send its own only", true, one.allowed(may(PortSecurity.STRICT))),
            ports("a VM comes from another host", true, one, arriving()),
            ports("another network has it, too", true, one, elsewhere()),
            handover("its tunnel stands", true, new Handover.Ready(VNI, ONE)),
            handover("its memory is being copied", false, new Handover.Copied(VNI, ONE)),
            handover("it has just come", false, new Handover.Delivery(VNI, ONE, TAP, true)),
            handover("it is redirected", false, new Handover.Redirect(VNI, ONE, Optional.empty())),
            handover("one that has left", true, new Handover.Late(VNI, REMOTE)),
            handover("another network's", true, new Handover.Late(new Vni(5002), ONE)),
            location("another host says so, too", false, at(OTHER, ONE)),
            location("this host has said so", true, at(SELF, ONE)))
        .map(Arguments::of);
  }

  /** As the desired state has them, which looks at all networks. */
  private static Pins pins(
      Network network, Set<LocalPort> ports, List<Location> locations, Set<Handover> handovers) {
    Inputs inputs =
        new Inputs(
            Optional.of(SELF),
            Optional.of(Worlds.UNDERLAY),
            Set.of(network),
            ports,
            new Knowledge(true, Map.of(), Map.of(VNI, locations)),
            handovers);
    return Desire.of(inputs).segments().get(VNI).pins();
  }

  private static LocalPort elsewhere() {
    return new LocalPort(
        new UUID(0, 4),
        "vm4",
        ONE,
        new Vni(5002),
        Network.defaultBridge(new Vni(5002)),
        Optional.of(new InterfaceName("vnet4")),
        Optional.empty(),
        LocalPort.State.HERE);
  }

  private static LocalPort arriving() {
    return port(3, 3, REMOTE).in(LocalPort.State.INCOMING);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void whatNobodyElseMayHaveIsKept(Case given) {
    Pins pins =
        pins(network(PortSecurity.KNOWN), given.ports(), given.locations(), given.handovers());
    assertThat(TAP.equals(pins.taps().get(ONE))).isEqualTo(given.kept());
    assertThat(pins.movable().contains(ONE)).isEqualTo(!given.kept());
    assertThat(pins.taps()).as("it is not here").doesNotContainKey(REMOTE);
  }

  /** The tunnel's port learns where nothing that is known could move by that. */
  @Test
  void whereItCouldMoveWhatIsKnownTheBridgeLearnsNothingBehindTheTunnel() {
    LocalPort one = port(1, 1, ONE);
    Network blue = network(PortSecurity.KNOWN);
    assertThat(learns(blue, Set.of(), Set.of())).isTrue();
    assertThat(learns(blue, Set.of(one), Set.of(new Handover.Ready(VNI, ONE)))).isTrue();
    assertThat(learns(blue, Set.of(one.on(Optional.empty())), Set.of())).isTrue();
    assertThat(learns(network(PortSecurity.NONE), Set.of(one), Set.of())).isTrue();
    assertThat(learns(blue, Set.of(one, port(1, 2, TWO)), Set.of())).isFalse();
    assertThat(learns(blue, Set.of(), Set.of(new Handover.Late(VNI, ONE)))).isFalse();
    for (Handover handover :
        List.of(
            new Handover.Copied(VNI, ONE),
            new Handover.Redirect(VNI, ONE, Optional.empty()),
            new Handover.Late(VNI, ONE),
            new Handover.Delivery(VNI, ONE, TAP, true))) {
      assertThat(learns(blue, Set.of(one), Set.of(handover))).as("%s", handover).isFalse();
    }
  }

  private static boolean learns(Network network, Set<LocalPort> ports, Set<Handover> handovers) {
    Inputs inputs =
        new Inputs(
            Optional.of(SELF),
            Optional.of(Worlds.UNDERLAY),
            Set.of(network),
            ports,
            new Knowledge(true, Map.of(), Map.of()),
            handovers);
    return Desire.of(inputs).segments().get(VNI).port().learning();
  }

  @Test
  void aPortWhoseLinkIsDownHasNothing() {
    LocalPort standby = port(1, 1, ONE).linked(false);
    Pins alone = pins(network(PortSecurity.KNOWN), Set.of(standby), List.of(), Set.of());
    assertThat(alone.taps()).isEmpty();
    Pins beside =
        pins(network(PortSecurity.KNOWN), Set.of(standby, port(2, 2, ONE)), List.of(), Set.of());
    assertThat(beside.taps()).containsEntry(ONE, new InterfaceName("vnet2"));
  }

  @Test
  void whereNothingIsForbiddenNothingIsKept() {
    Pins pins = pins(network(PortSecurity.NONE), Set.of(port(1, 1, ONE)), List.of(), Set.of());
    assertThat(pins.taps()).isEmpty();
    assertThat(pins.movable()).containsExactly(ONE);
  }

  @Test
  void ofWhatHasLeftItIsKnownThatItMoves() {
    Handover left = new Handover.Redirect(VNI, ONE, Optional.empty());
    Pins pins = pins(network(PortSecurity.KNOWN), Set.of(), List.of(), Set.of(left));
    assertThat(pins.movable()).containsExactly(ONE);
  }
}
