package io.vxland.plan;

import io.vxland.model.Handover;
import io.vxland.model.InterfaceName;
import io.vxland.model.MacAddress;
import io.vxland.model.Network;
import io.vxland.model.NetworkName;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * What the handovers of one network come to: the one rule for every data plane. A redirect to a
 * host that cannot be reached, or to this one, names no host. Of handovers that contradict each
 * other, the one that brings the port here holds, then the lower host or tap.
 *
 * @param redirected the ports that a migration has paused here, with the host that they go to; the
 *     value is empty where it may be any
 * @param late the ports that other hosts may still take to be here, which they are no more
 * @param deliveries the taps of the ports that come here
 * @param incoming those of them that still run elsewhere
 */
public record MigrationWishes(
    SortedMap<MacAddress, Optional<Vtep>> redirected,
    SortedSet<MacAddress> late,
    SortedMap<MacAddress, InterfaceName> deliveries,
    SortedMap<MacAddress, InterfaceName> incoming) {

  /** Nobody is on the way. */
  public static final MigrationWishes NONE =
      new MigrationWishes(new TreeMap<>(), new TreeSet<>(), new TreeMap<>(), new TreeMap<>());

  /** Makes the collections unmodifiable. */
  public MigrationWishes {
    redirected = Collections.unmodifiableSortedMap(redirected);
    late = Collections.unmodifiableSortedSet(late);
    deliveries = Collections.unmodifiableSortedMap(deliveries);
    incoming = Collections.unmodifiableSortedMap(incoming);
  }

  /**
   * Decides for every network that has handovers.
   *
   * @param local this host; empty while it has no address, when no host can be reached
   */
  public static Map<Vni, MigrationWishes> of(Collection<Handover> handovers, Optional<Vtep> local) {
    Map<Vni, MigrationWishes> all = new HashMap<>();
    handovers.stream()
        .map(Handover::vni)
        .distinct()
        .forEach(vni -> all.put(vni, of(vni, handovers, local)));
    return Collections.unmodifiableMap(all);
  }

  private static MigrationWishes of(Vni vni, Collection<Handover> handovers, Optional<Vtep> local) {
    SortedMap<MacAddress, Optional<Vtep>> redirected = new TreeMap<>();
    SortedSet<MacAddress> late = new TreeSet<>();
    SortedMap<MacAddress, InterfaceName> deliveries = new TreeMap<>();
    SortedMap<MacAddress, InterfaceName> incoming = new TreeMap<>();
    for (Handover handover : handovers) {
      if (!handover.vni().equals(vni)) {
        continue;
      }
      if (handover instanceof Handover.Redirect redirect) {
        Optional<Vtep> to =
            redirect
                .to()
                .filter(
                    host -> local.filter(self -> Placement.isReachable(self, host)).isPresent());
        redirected.merge(redirect.mac(), to, MigrationWishes::lowerHost);
      } else if (handover instanceof Handover.Late each) {
        late.add(each.mac());
      } else if (handover instanceof Handover.Delivery delivery) {
        deliveries.merge(delivery.mac(), delivery.tap(), MigrationWishes::lower);
        if (!delivery.arrived()) {
          incoming.merge(delivery.mac(), delivery.tap(), MigrationWishes::lower);
        }
      }
    }
    redirected.keySet().removeAll(deliveries.keySet());
    late.removeAll(deliveries.keySet());
    return new MigrationWishes(redirected, late, deliveries, incoming);
  }

  private static <T extends Comparable<T>> T lower(T one, T other) {
    return one.compareTo(other) <= 0 ? one : other;
  }

  private static Optional<Vtep> lowerHost(Optional<Vtep> one, Optional<Vtep> other) {
    return one.isPresent() && other.isPresent()
        ? Optional.of(lower(one.get(), other.get()))
        : one.or(() -> other);
  }

  /**
   * The VNI that redirected frames of a network bear; empty if there is none left for it, which is
   * told as a problem.
   *
   * @param networks all networks of this host, of whatever template, none of which may have it
   */
  public static Optional<Vni> tunnelVni(
      NetworkName network, Vni vni, Collection<Network> networks, Consumer<Problem> problems) {
    Optional<Vni> tunnel = MigrationTunnel.tunnelVni(vni);
    if (tunnel.isEmpty()) {
      problems.accept(refusal(network, "no VNI is left for the migration tunnel"));
      return Optional.empty();
    }
    Optional<Network> rival =
        networks.stream().filter(other -> other.vni().equals(tunnel.get())).sorted().findFirst();
    if (rival.isPresent()) {
      problems.accept(
          refusal(
              network,
              "the migration tunnel needs VNI "
                  + tunnel.get()
                  + ", which belongs to network '"
                  + rival.get().name()
                  + "'"));
      return Optional.empty();
    }
    return tunnel;
  }

  private static Problem refusal(NetworkName network, String reason) {
    return new Problem(
        "network '" + network + "'",
        "frames for a VM that is paused by a migration are lost: "
            + reason
            + "; choose another VNI");
  }
}
