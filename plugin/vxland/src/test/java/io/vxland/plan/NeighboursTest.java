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
import org.junit.jupiter.api.Test;

class NeighboursTest {
  private static final Network BLUE = Worlds.network("blue", 5001);
  private static final IpAddress ADDRESS = IpAddress.parse("10.0.0.7");
  private static final String LOW = "52:54:00:00:00:01";
  private static final String HIGH = "52:54:00:00:00:02";

  private static LocalPort here(String mac, int vni, State state) {
    return Worlds.port(mac, vni, state).with(List.of(ADDRESS));
  }

  private static Location there(String mac, String vtep) {
    return new Location(MacAddress.parse(mac), Vtep.parse(vtep), List.of(ADDRESS));
  }

  private static Neighbours of(Set<LocalPort> ports, Location... locations) {
    return Neighbours.of(BLUE, ports, List.of(locations));
  }

  private static String problem(String owners) {
    return "network 'blue': 10.0.0.7 belongs to two cards, "
        + owners
        + "; the first is taken for its owner here, give one of the two another address";
  }

  private static List<String> problems(Neighbours neighbours) {
    return neighbours.problems().stream().map(Problem::toString).toList();
  }

  @Test
  void anotherHostsCardHasItsAddress() {
    Neighbours neighbours = of(Set.of(), there(HIGH, "10.99.0.2"));
    assertThat(neighbours.entries()).containsExactly(Map.entry(ADDRESS, MacAddress.parse(HIGH)));
    assertThat(neighbours.problems()).isEmpty();
  }

  @Test
  void twoCardsHereAreBothNamed() {
    Neighbours neighbours = of(Set.of(here(HIGH, 5001, State.HERE), here(LOW, 5001, State.HERE)));
    assertThat(neighbours.entries()).isEmpty();
    assertThat(problems(neighbours))
        .containsExactly(problem("VM 'vm1' (" + LOW + ") and VM 'vm1' (" + HIGH + ")"));
  }

  @Test
  void aCardHereComesBeforeThoseElsewhere() {
    Neighbours neighbours = of(Set.of(here(HIGH, 5001, State.HERE)), there(LOW, "10.99.0.2"));
    assertThat(neighbours.entries()).isEmpty();
    assertThat(problems(neighbours))
        .containsExactly(problem("VM 'vm1' (" + HIGH + ") and " + LOW + " at 10.99.0.2"));
  }

  @Test
  void ofTwoElsewhereTheLowerOneIsTaken() {
    for (List<Location> locations :
        List.of(
            List.of(there(HIGH, "10.99.0.2"), there(LOW, "10.99.0.3")),
            List.of(there(LOW, "10.99.0.3"), there(HIGH, "10.99.0.2")))) {
      Neighbours neighbours = Neighbours.of(BLUE, Set.of(), locations);
      assertThat(neighbours.entries()).containsExactly(Map.entry(ADDRESS, MacAddress.parse(LOW)));
      assertThat(problems(neighbours))
          .containsExactly(problem(LOW + " at 10.99.0.3 and " + HIGH + " at 10.99.0.2"));
    }
  }

  @Test
  void aCardOnItsWayIsOneCard() {
    for (State state : State.values()) {
      Neighbours neighbours = of(Set.of(here(LOW, 5001, state)), there(LOW, "10.99.0.2"));
      assertThat(neighbours.entries())
          .as("%s", state)
          .containsExactly(Map.entry(ADDRESS, MacAddress.parse(LOW)));
      assertThat(neighbours.problems()).as("%s", state).isEmpty();
    }
  }

  @Test
  void networksDoNotMeet() {
    Neighbours neighbours = of(Set.of(here(LOW, 5002, State.HERE)), there(HIGH, "10.99.0.2"));
    assertThat(neighbours.entries()).containsExactly(Map.entry(ADDRESS, MacAddress.parse(HIGH)));
    assertThat(neighbours.problems()).isEmpty();
  }
}
