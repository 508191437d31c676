package io.vxland.plan;

import io.vxland.model.InterfaceName;
import io.vxland.model.IpAddress;
import io.vxland.model.Location;
import io.vxland.model.MacAddress;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import io.vxland.plan.ActualState.Author;
import io.vxland.plan.ActualState.Forwarding;
import io.vxland.plan.ActualState.Neighbour;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The cards of other hosts of which a routing daemon has written into the kernel. */
public final class RoutedCards {
  private RoutedCards() {}

  /** Returns them per VNI; without a routing daemon there are none. */
  public static Map<Vni, List<Location>> of(DesiredState desired, ActualState actual) {
    Map<Vni, List<Location>> cards = new HashMap<>();
    for (Segment segment : desired.segments().values()) {
      if (segment.evpn().isPresent() && segment.bridge().isPresent()) {
        List<Location> found = of(segment, segment.bridge().get().name(), actual);
        if (!found.isEmpty()) {
          cards.put(segment.vni(), found);
        }
      }
    }
    return Map.copyOf(cards);
  }

  private static List<Location> of(Segment segment, InterfaceName bridge, ActualState actual) {
    Map<MacAddress, List<IpAddress>> addresses = new HashMap<>();
    Map<IpAddress, Neighbour> neighbours = actual.neighbours().getOrDefault(bridge, Map.of());
    neighbours.forEach(
        (address, neighbour) -> {
          if (neighbour.author() == Author.ROUTING) {
            addresses.computeIfAbsent(neighbour.mac(), any -> new ArrayList<>(1)).add(address);
          }
        });
    List<Location> found = new ArrayList<>();
    actual
        .forwarding()
        .getOrDefault(segment.vxlan().name(), Forwarding.EMPTY)
        .unicast()
        .forEach(
            (mac, place) -> {
              if (!place.ours()) {
                found.add(
                    new Location(
                        mac,
                        new Vtep(place.destination().address()),
                        addresses.getOrDefault(mac, List.of())));
              }
            });
    return List.copyOf(found);
  }
}
