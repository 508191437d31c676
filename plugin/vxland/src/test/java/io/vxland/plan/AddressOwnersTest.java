package io.vxland.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.model.IpAddress;
import io.vxland.model.LocalPort;
import io.vxland.model.LocalPort.State;
import io.vxland.model.Location;
import io.vxland.model.MacAddress;
import io.vxland.model.Network;
import io.vxland.model.Vtep;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What {@link BothDataPlanesTest} does not see: the ports of this host. */
class AddressOwnersTest {
  private static final Network BLUE = Worlds.network("blue", 5001);
  private static final IpAddress ADDRESS = IpAddress.parse("10.0.0.7");
  private static final MacAddress LOW = MacAddress.parse("52:54:00:00:00:01");
  private static final MacAddress HIGH = MacAddress.parse("52:54:00:00:00:02");

  private static LocalPort here(MacAddress mac, int vni, State state) {
    return Worlds.port(mac.toString(), vni, state).with(List.of(ADDRESS));
  }

  private static LocalPort seenHere(MacAddress mac) {
    return Worlds.port(mac.toString(), 5001, State.HERE).withSeen(List.of(ADDRESS));
  }

  private static Location elsewhere(MacAddress mac, String vtep, boolean named) {
    return new Location(mac, Vtep.parse(vtep), List.of(ADDRESS), named);
  }

  private static AddressOwners of(Set<LocalPort> ports, MacAddress... elsewhere) {
    return of(
        ports, List.of(elsewhere).stream().map(mac -> elsewhere(mac, "10.99.0.2", false)).toList());
  }

  private static AddressOwners of(Set<LocalPort> ports, List<Location> locations) {
    return AddressOwners.of(
        BLUE, ports, locations, locations.stream().map(Location::mac).collect(Collectors.toSet()));
  }

  @Test
  void aRunningPortHasItsAddressHere() {
    AddressOwners owners = of(Set.of(here(HIGH, 5001, State.HERE)), LOW);
    assertThat(owners.here()).containsExactly(Map.entry(ADDRESS, HIGH));
    assertThat(owners.elsewhere()).isEmpty();
  }

  @Test
  void anAddressOfTwoPortsHereIsNobodysAndBothAreNamed() {
    AddressOwners owners = of(Set.of(here(HIGH, 5001, State.HERE), here(LOW, 5001, State.HERE)));
    assertThat(owners.here()).isEmpty();
    assertThat(owners.problems())
        .extracting(Problem::toString)
        .containsExactly(
            "network 'blue': 10.0.0.7 is claimed by two ports, VM 'vm1' ("
                + LOW
                + ") and VM 'vm1' ("
                + HIGH
                + "); ARP and ND requests for it are flooded; give one of the two another"
                + " address");
  }

  @Test
  void aGuestHereDoesNotTakeAnAddressThatIsNamedForAPortElsewhere() {
    AddressOwners owners = of(Set.of(seenHere(LOW)), List.of(elsewhere(HIGH, "10.99.0.2", true)));
    assertThat(owners.elsewhere()).containsExactly(Map.entry(ADDRESS, HIGH));
    assertThat(owners.here()).isEmpty();
    assertThat(owners.problems())
        .extracting(Problem::toString)
        .containsExactly(
            "network 'blue': 10.0.0.7 is claimed by two ports, "
                + HIGH
                + " at 10.99.0.2 and VM 'vm1' ("
                + LOW
                + "); the first owns it, because it is named for that port; give one of the two"
                + " another address");
  }

  @Test
  void aGuestOnAThirdHostDoesNotTakeIt() {
    AddressOwners owners =
        of(
            Set.of(),
            List.of(elsewhere(LOW, "10.99.0.3", false), elsewhere(HIGH, "10.99.0.2", true)));
    assertThat(owners.elsewhere()).containsExactly(Map.entry(ADDRESS, HIGH));
  }

  @Test
  void aGuestElsewhereDoesNotTakeAnAddressThatIsNamedHere() {
    AddressOwners owners = of(Set.of(here(HIGH, 5001, State.HERE)), LOW);
    assertThat(owners.here()).containsExactly(Map.entry(ADDRESS, HIGH));
    assertThat(owners.elsewhere()).isEmpty();
  }

  @Test
  void whatAGuestHereWasSeenToUseComesBeforeWhatIsSaidOfOneElsewhere() {
    AddressOwners owners = of(Set.of(seenHere(HIGH)), LOW);
    assertThat(owners.here()).containsExactly(Map.entry(ADDRESS, HIGH));
    assertThat(owners.elsewhere()).isEmpty();
  }

  @Test
  void aPortThatComesOrLeavesIsNotHere() {
    for (State state : List.of(State.INCOMING, State.LEAVING)) {
      assertThat(of(Set.of(here(LOW, 5001, state))).here()).as("%s", state).isEmpty();
    }
  }

  @Test
  void networksDoNotMeet() {
    AddressOwners owners = of(Set.of(here(LOW, 5002, State.HERE)), HIGH);
    assertThat(owners.elsewhere()).containsExactly(Map.entry(ADDRESS, HIGH));
    assertThat(owners.problems()).isEmpty();
  }
}
