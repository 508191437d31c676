package io.vxland.plan;

import io.vxland.model.Handover;
import io.vxland.model.InterfaceName;
import io.vxland.model.IpAddress;
import io.vxland.model.MacAddress;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import io.vxland.plan.DesiredState.Waiting;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * What the handovers ask of the segments. Of two that contradict each other, that one holds which
 * brings the card here, then the lesser by host or tap.
 */
final class Tunnels {
  private final Inputs inputs;
  private final Consumer<Problem> problems;
  private final Map<Vni, SortedMap<MacAddress, InterfaceName>> deliveries = new HashMap<>();
  private final Map<Vni, SortedMap<MacAddress, InterfaceName>> incoming = new HashMap<>();
  private final Map<Vni, SortedSet<MacAddress>> redirected = new HashMap<>();
  private final Map<Vni, Map<MacAddress, Vtep>> destinations = new HashMap<>();
  private final Set<Vni> concerned = new HashSet<>();

  Tunnels(Inputs inputs, Consumer<Problem> problems) {
    this.inputs = inputs;
    this.problems = problems;
    inputs.handovers().forEach(this::sort);
    deliveries.forEach(
        (vni, cards) -> {
          redirected.getOrDefault(vni, new TreeSet<>()).removeAll(cards.keySet());
          destinations.getOrDefault(vni, new HashMap<>()).keySet().removeAll(cards.keySet());
        });
  }

  private void sort(Handover handover) {
    concerned.add(handover.vni());
    if (handover instanceof Handover.Redirect redirect) {
      redirected.computeIfAbsent(redirect.vni(), vni -> new TreeSet<>()).add(redirect.mac());
      redirect
          .to()
          .ifPresent(
              host ->
                  destinations
                      .computeIfAbsent(redirect.vni(), vni -> new HashMap<>())
                      .merge(redirect.mac(), host, Tunnels::lesser));
    } else if (handover instanceof Handover.Delivery delivery) {
      put(deliveries, delivery);
      if (!delivery.arrived()) {
        put(incoming, delivery);
      }
    }
  }

  private static void put(
      Map<Vni, SortedMap<MacAddress, InterfaceName>> into, Handover.Delivery delivery) {
    into.computeIfAbsent(delivery.vni(), vni -> new TreeMap<>())
        .merge(delivery.mac(), delivery.tap(), Tunnels::lesser);
  }

  private static <T extends Comparable<T>> T lesser(T one, T other) {
    return one.compareTo(other) <= 0 ? one : other;
  }

  /** The cards of a network that are on their way here, with their taps. */
  SortedMap<MacAddress, InterfaceName> incoming(Vni vni) {
    return Collections.unmodifiableSortedMap(incoming.getOrDefault(vni, new TreeMap<>()));
  }

  /**
   * The taps that are not in bridges of the kernel.
   *
   * @param vnis the networks that are on switches
   */
  Map<InterfaceName, Waiting> onSwitches(Set<Vni> vnis) {
    Map<InterfaceName, Waiting> taps = new HashMap<>();
    inputs.ports().stream()
        .filter(port -> vnis.contains(port.vni()))
        .forEach(port -> port.tap().ifPresent(tap -> taps.put(tap, Waiting.NO)));
    for (Vni vni : vnis) {
      deliveries
          .getOrDefault(vni, new TreeMap<>())
          .values()
          .forEach(tap -> taps.put(tap, Waiting.STILL));
      incoming(vni).values().forEach(tap -> taps.put(tap, Waiting.YES));
    }
    return Collections.unmodifiableMap(taps);
  }

  /**
   * The tunnel of a segment.
   *
   * @param all every segment of this host, whose VNIs a tunnel cannot have
   */
  Optional<MigrationTunnel> of(Segment segment, Collection<Segment> all) {
    Vni vni = segment.vni();
    if (!concerned.contains(vni) || segment.bridge().isEmpty()) {
      return Optional.empty();
    }
    SortedSet<IpAddress> replication = replication(segment);
    Map<MacAddress, Vtep> unicast = unicast(segment);
    if (replication.isEmpty() && unicast.isEmpty()) {
      return Optional.empty();
    }
    Optional<Vni> tunnelVni = MigrationTunnel.tunnelVni(vni);
    if (tunnelVni.isEmpty()) {
      refuse(segment, "there is no VNI left to carry them");
      return Optional.empty();
    }
    for (Segment other : all) {
      if (tunnelVni.get().equals(other.vni())) {
        refuse(
            segment,
            "they would travel in VNI "
                + other.vni()
                + ", which is network '"
                + other.network()
                + "'");
        return Optional.empty();
      }
    }
    return Optional.of(
        new MigrationTunnel(
            spec(segment.vxlan(), vni, tunnelVni.get()),
            replication,
            Collections.unmodifiableMap(unicast),
            Collections.unmodifiableSet(redirected.getOrDefault(vni, new TreeSet<>())),
            Collections.unmodifiableSortedMap(deliveries.getOrDefault(vni, new TreeMap<>()))));
  }

  private void refuse(Segment segment, String reason) {
    problems.accept(
        new Problem(
            "network '" + segment.network() + "'",
            "frames for a VM that a migration has paused are lost: "
                + reason
                + "; choose another VNI"));
  }

  private static VxlanSpec spec(VxlanSpec like, Vni network, Vni tunnelVni) {
    return new VxlanSpec(
        MigrationTunnel.device(network),
        DerivedMac.of(like.local(), network, DerivedMac.Role.TUNNEL),
        like.mtu(),
        tunnelVni,
        like.local(),
        like.port(),
        false,
        OptionalInt.empty(),
        false,
        like.ttl(),
        like.destination(),
        like.link());
  }

  /** Also where the network itself floods nothing: nobody else says where the VM goes. */
  private SortedSet<IpAddress> replication(Segment segment) {
    if (segment.vxlan().destination().isPresent()) {
      return segment.replication();
    }
    SortedSet<IpAddress> hosts = new TreeSet<>();
    inputs.knowledge().hosts(segment.vni()).stream()
        .filter(host -> isReachable(segment, host))
        .forEach(host -> hosts.add(host.address()));
    return Collections.unmodifiableSortedSet(hosts);
  }

  private Map<MacAddress, Vtep> unicast(Segment segment) {
    Map<MacAddress, Vtep> hosts =
        new TreeMap<>(destinations.getOrDefault(segment.vni(), new HashMap<>()));
    hosts.values().removeIf(host -> !isReachable(segment, host));
    return hosts;
  }

  private static boolean isReachable(Segment segment, Vtep host) {
    Vtep local = segment.vxlan().local();
    return !host.equals(local) && host.address().family() == local.address().family();
  }
}
