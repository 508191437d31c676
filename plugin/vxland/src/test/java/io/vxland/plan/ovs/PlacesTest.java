package io.vxland.plan.ovs;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.model.InterfaceName;
import io.vxland.model.Location;
import io.vxland.model.MacAddress;
import io.vxland.model.Network;
import io.vxland.model.Vtep;
import io.vxland.openflow.Port;
import io.vxland.plan.Plan;
import io.vxland.plan.ovs.ActualSwitches.ActualPort;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Where a switch sends frames, as it is shown. */
class PlacesTest extends SwitchScene {
  private static final MacAddress OTHER = MacAddress.parse("52:54:00:00:00:02");

  private final List<Learned> learned = new ArrayList<>();
  private Set<Network> networks = Set.of(extun());

  private static Network network(String name, int vni, Integer tag) {
    return network(name, vni, BRIDGE.value(), tag);
  }

  private DesiredSwitches desired(String... hosts) {
    peers = List.of(hosts);
    return SwitchDesire.of(inputs(networks));
  }

  private void stand(DesiredSwitches wanted) {
    Plan plan = SwitchPlanner.plan(wanted, switches.state(), true);
    while (!plan.isEmpty()) {
      switches.apply(plan.changes());
      plan = SwitchPlanner.plan(wanted, switches.state(), true);
    }
  }

  private List<String> shown(DesiredSwitches wanted) {
    return Places.of(
            wanted.of(VNI).orElseThrow(), VNI, switches.state().switches().get(BRIDGE), learned)
        .stream()
        .map(
            place ->
                place.mac().map(MacAddress::toString).orElse("flood")
                    + " "
                    + place.host().map(Object::toString).orElse("here")
                    + " "
                    + place.port().map(InterfaceName::value).orElse("-")
                    + " "
                    + place.origin()
                    + (place.wanted() ? " wanted" : "")
                    + (place.present() ? " present" : ""))
        .toList();
  }

  @Test
  void theTunnelsAreTheReplicationList() {
    stand(desired("10.99.0.2", "10.99.0.3"));
    assertThat(shown(desired("10.99.0.3", "10.99.0.4")))
        .containsExactly(
            "flood 10.99.0.2 tun-vxlan0 OURS present",
            "flood 10.99.0.3 tun-vxlan1 OURS wanted present",
            "flood 10.99.0.4 - OURS wanted");
  }

  @Test
  void aTunnelOfSomebodyElseIntoTheNetworkIsForeign() {
    stand(desired("10.99.0.2"));
    switches.plug("br-extun", "their0", foreign(Map.of("remote_ip", "10.99.0.9", "key", "5001")));
    switches.plug("br-extun", "their1", foreign(Map.of("remote_ip", "10.99.0.9", "key", "7")));
    switches.plug("br-extun", "their2", foreign(Map.of("remote_ip", "a.name", "key", "5001")));
    assertThat(shown(desired("10.99.0.2")))
        .containsExactly(
            "flood 10.99.0.9 their0 FOREIGN present",
            "flood 10.99.0.2 tun-vxlan0 OURS wanted present");
  }

  private static ActualPort foreign(Map<String, String> options) {
    return FakeSwitches.port(
        Optional.empty(), "vxlan", options, false, Optional.empty(), false, "");
  }

  @Test
  void whatWasLearnedIsBehindATapOrAtTheHostOfATunnel() {
    stand(desired("10.99.0.2"));
    switches.plug("br-extun", "vnet0", FakeSwitches.foreignPort());
    learned.add(new Learned(new Port(number("vnet0")), 0, MAC, false));
    learned.add(new Learned(new Port(number("tun-vxlan0")), 0, OTHER, false));
    learned.add(new Learned(Port.LOCAL, 0, MacAddress.parse("52:54:00:00:00:03"), true));
    learned.add(new Learned(new Port(999), 0, MAC, false));
    assertThat(shown(desired("10.99.0.2")))
        .containsExactly(
            "flood 10.99.0.2 tun-vxlan0 OURS wanted present",
            "52:54:00:00:00:01 here vnet0 LEARNED present",
            "52:54:00:00:00:02 10.99.0.2 tun-vxlan0 LEARNED present",
            "52:54:00:00:00:03 here br-extun FOREIGN present");
  }

  @Test
  void onASharedBridgeANetworkHasWhatWasLearnedInItsVlan() {
    networks = Set.of(network("red", 5001, 11), network("green", 5002, 12));
    stand(desired());
    switches.plug("br-extun", "vnet0", FakeSwitches.foreignPort());
    learned.add(new Learned(new Port(number("vnet0")), 11, MAC, false));
    learned.add(new Learned(new Port(number("vnet0")), 12, OTHER, false));
    assertThat(shown(desired())).containsExactly("52:54:00:00:00:01 here vnet0 LEARNED present");
  }

  @Test
  void aFixedPlaceIsAFlow() {
    locations = List.of(new Location(MAC, Vtep.parse("10.99.0.3"), List.of()));
    stand(desired("10.99.0.2", "10.99.0.3"));
    DesiredSwitches before = desired("10.99.0.2", "10.99.0.3");
    assertThat(shown(before))
        .contains("52:54:00:00:00:01 10.99.0.3 tun-vxlan1 OURS wanted present");
    locations =
        List.of(
            new Location(MAC, Vtep.parse("10.99.0.2"), List.of()),
            new Location(OTHER, Vtep.parse("10.99.0.2"), List.of()));
    assertThat(shown(desired("10.99.0.2", "10.99.0.3")))
        .contains(
            "52:54:00:00:00:01 10.99.0.2 tun-vxlan0 OURS wanted",
            "52:54:00:00:00:01 10.99.0.3 tun-vxlan1 OURS present",
            "52:54:00:00:00:02 10.99.0.2 tun-vxlan0 OURS wanted");
  }
}
