package io.vxland.plan.ovs;

import io.vxland.model.Handover;
import io.vxland.model.InterfaceName;
import io.vxland.model.IpAddress;
import io.vxland.model.LocalPort;
import io.vxland.model.Location;
import io.vxland.model.MacAddress;
import io.vxland.model.Network;
import io.vxland.model.SwitchOptions;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import io.vxland.plan.Inputs;
import io.vxland.plan.MigrationTunnel;
import io.vxland.plan.Problem;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * What is wanted for the cards of a network. Of handovers that contradict each other, that one
 * holds which brings the card here, then the lesser by tap or host.
 */
final class CardDesire {
  private final Inputs inputs;
  private final Vtep local;
  private final Consumer<Problem> problems;

  CardDesire(Inputs inputs, Consumer<Problem> problems) {
    this.inputs = inputs;
    this.local = inputs.vtep().orElseThrow();
    this.problems = problems;
  }

  Cards of(Network network, SortedSet<IpAddress> peers) {
    SortedMap<MacAddress, Optional<IpAddress>> redirected = new TreeMap<>();
    SortedSet<MacAddress> late = new TreeSet<>();
    SortedMap<MacAddress, InterfaceName> deliveries = new TreeMap<>();
    SortedSet<MacAddress> incoming = new TreeSet<>();
    for (Handover handover : of(network.vni())) {
      if (handover instanceof Handover.Redirect redirect) {
        Optional<IpAddress> to = redirect.to().filter(this::isReachable).map(Vtep::address);
        redirected.merge(redirect.mac(), to, CardDesire::lesserHost);
      } else if (handover instanceof Handover.Late heard) {
        late.add(heard.mac());
      } else if (handover instanceof Handover.Delivery delivery) {
        deliveries.merge(delivery.mac(), delivery.tap(), CardDesire::lesser);
        if (!delivery.arrived()) {
          incoming.add(delivery.mac());
        }
      }
    }
    redirected.keySet().removeAll(deliveries.keySet());
    late.removeAll(deliveries.keySet());
    SortedMap<MacAddress, IpAddress> places = places(network, peers);
    return new Cards(
        network.tag(),
        tunnelKey(network, peers),
        network.options().ovs().ports() == SwitchOptions.Ports.FLOW
            ? Optional.of(local.address())
            : Optional.empty(),
        peers,
        redirected,
        late,
        deliveries,
        incoming,
        places,
        answers(network, places.keySet()));
  }

  private List<Handover> of(Vni vni) {
    return inputs.handovers().stream().filter(each -> each.vni().equals(vni)).toList();
  }

  private static <T extends Comparable<T>> T lesser(T one, T other) {
    return one.compareTo(other) <= 0 ? one : other;
  }

  private static Optional<IpAddress> lesserHost(
      Optional<IpAddress> one, Optional<IpAddress> other) {
    return one.isPresent() && other.isPresent()
        ? Optional.of(lesser(one.get(), other.get()))
        : one.or(() -> other);
  }

  private boolean isReachable(Vtep host) {
    return !host.equals(local) && host.address().family() == local.address().family();
  }

  private Optional<Vni> tunnelKey(Network network, SortedSet<IpAddress> peers) {
    if (peers.isEmpty() || of(network.vni()).isEmpty()) {
      return Optional.empty();
    }
    Optional<Vni> key = MigrationTunnel.tunnelVni(network.vni());
    if (key.isEmpty()) {
      refuse(network, "there is no VNI left to carry them");
      return Optional.empty();
    }
    Optional<Network> rival =
        inputs.sortedNetworks().stream().filter(other -> other.vni().equals(key.get())).findFirst();
    if (rival.isPresent()) {
      refuse(
          network,
          "they would travel in VNI "
              + key.get()
              + ", which is network '"
              + rival.get().name()
              + "'");
      return Optional.empty();
    }
    return key;
  }

  private void refuse(Network network, String reason) {
    problems.accept(
        new Problem(
            "network '" + network.name() + "'",
            "frames for a VM that a migration has paused are lost: "
                + reason
                + "; choose another VNI"));
  }

  private SortedMap<MacAddress, IpAddress> places(Network network, SortedSet<IpAddress> peers) {
    SortedMap<MacAddress, IpAddress> places = new TreeMap<>();
    SortedSet<MacAddress> disputed = new TreeSet<>();
    for (Location location :
        inputs.knowledge().locations().getOrDefault(network.vni(), List.of())) {
      if (location.vtep().equals(local) || isHere(network.vni(), location.mac())) {
        continue;
      }
      IpAddress host = location.vtep().address();
      if (!peers.contains(host)) {
        problems.accept(
            new Problem(
                "network '" + network.name() + "'",
                location.mac()
                    + " is said to be at "
                    + location.vtep()
                    + ", to which there is no tunnel; it is flooded for, list the host as a peer"));
        continue;
      }
      IpAddress before = places.get(location.mac());
      if (before != null && !before.equals(host)) {
        disputed.add(location.mac());
      }
      places.merge(location.mac(), host, CardDesire::lesser);
    }
    for (MacAddress mac : disputed) {
      problems.accept(
          new Problem(
              "network '" + network.name() + "'",
              mac + " is said to be at two hosts; the entry is for " + places.get(mac)));
    }
    return places;
  }

  /** The addresses of those cards; one that two of them claim is left to them. */
  private SortedMap<IpAddress, MacAddress> answers(Network network, Set<MacAddress> elsewhere) {
    SortedMap<IpAddress, MacAddress> answers = new TreeMap<>();
    SortedSet<IpAddress> disputed = new TreeSet<>();
    for (Location location :
        inputs.knowledge().locations().getOrDefault(network.vni(), List.of())) {
      if (elsewhere.contains(location.mac())) {
        for (IpAddress address : location.addresses()) {
          if (address.isMulticast() || address.isUnspecified()) {
            continue;
          }
          MacAddress before = answers.putIfAbsent(address, location.mac());
          if (before != null && !before.equals(location.mac())) {
            disputed.add(address);
          }
        }
      }
    }
    for (IpAddress address : disputed) {
      answers.remove(address);
      problems.accept(
          new Problem(
              "network '" + network.name() + "'",
              address + " is said to be two cards'; who has it is asked of all hosts"));
    }
    return answers;
  }

  private boolean isHere(Vni vni, MacAddress mac) {
    return inputs.ports().stream()
        .anyMatch(
            port ->
                port.state() == LocalPort.State.HERE
                    && port.vni().equals(vni)
                    && port.mac().equals(mac));
  }
}
