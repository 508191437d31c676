package io.vxland.daemon;

import io.vxland.migration.Event;
import io.vxland.migration.Stage;
import io.vxland.migration.Step;
import io.vxland.model.Handover;
import io.vxland.model.InterfaceName;
import io.vxland.model.LocalPort;
import io.vxland.model.MacAddress;
import io.vxland.model.Network;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Predicate;

/**
 * The VMs' cards that concern this host, each with the stage of its migration. Not thread-safe: it
 * is the {@link World}'s.
 */
final class Cards {
  private final Map<LocalPort.Key, Card> cards = new TreeMap<>();
  private final AwaitedPorts awaited = new AwaitedPorts();

  /**
   * A card.
   *
   * @param port what is known of it
   * @param stage where it stands
   */
  record Card(LocalPort port, Stage stage) {
    Card {
      port = stage.portState().isPresent() ? port.in(stage.portState().get()) : port;
    }
  }

  /**
   * What an event has made of a card.
   *
   * @param port the card, as it is after the event
   * @param from its stage before
   * @param event the event
   * @param step what followed
   */
  record Transition(LocalPort port, Stage from, Event event, Step step) {
    boolean isChange() {
      return !from.equals(step.stage());
    }
  }

  /** The cards that are plugged in on this host. */
  Set<LocalPort> ports() {
    return ports(cards.values());
  }

  /** Those of some cards that are plugged in on this host. */
  static Set<LocalPort> ports(Collection<Card> cards) {
    Set<LocalPort> ports = new HashSet<>();
    for (Card card : cards) {
      if (card.stage().portState().isPresent()) {
        ports.add(card.port());
      }
    }
    return ports;
  }

  /** All that is known, for those who must know it again after a restart. */
  List<Card> all() {
    return List.copyOf(cards.values());
  }

  /** What the migrations of some cards ask of the kernel. */
  static Set<Handover> handovers(Collection<Card> cards) {
    Set<Handover> handovers = new HashSet<>();
    for (Card card : cards) {
      handovers.addAll(card.stage().handovers(card.port()));
    }
    return handovers;
  }

  void remember(Card card) {
    cards.put(card.port().key(), card);
  }

  /** A migration of a VM with this card to this host has announced itself. */
  Transition expected(LocalPort port, long now) {
    return step(port, Event.EXPECTED, now);
  }

  /** The card is in its bridge; what is said of it now replaces what was known. */
  Transition plugged(LocalPort port, long now) {
    arrived(port);
    return step(port, Event.PLUGGED, now);
  }

  /**
   * libvirt has made a network port for a NIC and is about to plug it; more may be known of it
   * already, also by the port that this one takes the place of.
   */
  Optional<Transition> announced(LocalPort port, long now) {
    Card known = cards.get(port.key());
    boolean present = known != null && known.stage().portState().isPresent();
    if (!present || known.port().tap().isEmpty() || !known.port().portId().equals(port.portId())) {
      port.portId().ifPresent(id -> awaited.add(id, port.key(), now));
    }
    return present ? Optional.empty() : Optional.of(step(port, Event.PLUGGED, now));
  }

  /**
   * libvirt has deleted a network port. A NIC that was announced by it and never plugged is gone.
   * One that is plugged may stay without a port, or by another one: its tap tells, not this.
   */
  List<Transition> unplugged(LocalPort.Key key, UUID id, long now) {
    awaited.remove(id);
    Card known = cards.get(key);
    if (known == null || !known.port().portId().equals(Optional.of(id))) {
      return List.of();
    }
    Optional<UUID> other = awaited.idOf(key, now);
    if (known.port().tap().isEmpty() && other.isEmpty()) {
      return one(key, Event.GONE, now);
    }
    cards.put(key, new Card(known.port().by(other), known.stage()));
    return List.of();
  }

  /** Whether a VM is still to get a port that was announced. */
  boolean isAwaited(UUID domain, long now) {
    return awaited.any(domain, now);
  }

  /** Before a port has its tap, libvirt is not done with it. */
  private void arrived(LocalPort port) {
    if (port.tap().isPresent()) {
      port.portId().ifPresent(awaited::remove);
    }
  }

  /** libvirt's list has the card, with what it says of the VM. */
  Transition found(LocalPort port, Event kind, long now) {
    Card known = cards.get(port.key());
    arrived(port);
    LocalPort merged =
        known == null
            ? port
            : new LocalPort(
                port.domain(),
                port.domainName(),
                port.mac(),
                port.vni(),
                port.bridge(),
                port.tap().or(known.port()::tap),
                port.portId(),
                port.state(),
                port.addresses(),
                port.named(),
                port.mtu().isPresent() ? port.mtu() : known.port().mtu(),
                port.allowance(),
                port.barriers(),
                port.linked());
    return step(merged, kind, now);
  }

  /**
   * libvirt was asked about one VM, and these are its NICs. Where a NIC is on its way it does not
   * change: events tell that, and what libvirt has written down can be behind them.
   */
  List<Transition> looked(UUID domain, Collection<World.Found> found, long now) {
    List<Transition> transitions = new ArrayList<>();
    Set<LocalPort.Key> named = new HashSet<>();
    for (World.Found each : found) {
      Card known = cards.get(each.port().key());
      boolean present = known != null && known.stage().portState().isPresent();
      named.add(each.port().key());
      transitions.add(found(each.port(), present ? Event.PLUGGED : each.event(), now));
    }
    transitions.addAll(gone(named, other -> !other.equals(domain), now));
    return transitions;
  }

  /** A VM's NICs. */
  List<Card> of(UUID domain) {
    return cards.values().stream().filter(card -> card.port().domain().equals(domain)).toList();
  }

  List<Transition> domain(UUID domain, Event event, long now) {
    return each(card -> card.port().domain().equals(domain), event, now);
  }

  List<Transition> one(LocalPort.Key key, Event event, long now) {
    return each(card -> card.port().key().equals(key), event, now);
  }

  /** A frame of the MAC came in by a port of a bridge: its tap, or its network's VXLAN device. */
  List<Transition> heard(InterfaceName port, MacAddress mac, long now) {
    List<Transition> transitions = new ArrayList<>();
    for (Card card : all()) {
      if (card.port().mac().equals(mac)) {
        if (card.port().tap().equals(Optional.of(port))) {
          transitions.add(step(card.port(), Event.HEARD_HERE, now));
        } else if (Network.vxlanDevice(card.port().vni()).equals(port)) {
          transitions.add(step(card.port(), Event.HEARD_ELSEWHERE, now));
        }
      }
    }
    return transitions;
  }

  /** Those that are not among the found ones are gone, unless they are excepted. */
  List<Transition> gone(Set<LocalPort.Key> found, Predicate<UUID> excepted, long now) {
    return each(
        card ->
            card.stage().portState().isPresent()
                && !found.contains(card.port().key())
                && !isStillToCome(card.port(), now)
                && !excepted.test(card.port().domain()),
        Event.GONE,
        now);
  }

  /** Time has passed, and nothing else, or without anything being heard of other hosts. */
  List<Transition> tick(boolean deaf, long now) {
    return each(
        card ->
            card.stage().deadline().isPresent() && now - card.stage().deadline().getAsLong() >= 0,
        deaf ? Event.TICK_DEAF : Event.TICK,
        now);
  }

  /** When the next {@link #tick} is due. */
  OptionalLong deadline() {
    return cards.values().stream()
        .map(card -> card.stage().deadline())
        .flatMapToLong(OptionalLong::stream)
        .min();
  }

  /** Whether some card is on its way, so that it matters where it is heard. */
  boolean anyUnderway() {
    return cards.values().stream().anyMatch(card -> !(card.stage() instanceof Stage.Here));
  }

  /** Whether a card was sent elsewhere, and not heard from there yet. */
  boolean isUnheard(LocalPort.Key card) {
    Card known = cards.get(card);
    return known != null && known.stage().isUnheard();
  }

  /** All those of which {@link #isUnheard} is true. */
  List<LocalPort> unheard() {
    return cards.values().stream()
        .filter(card -> card.stage().isUnheard())
        .map(Card::port)
        .toList();
  }

  private boolean isStillToCome(LocalPort port, long now) {
    return port.tap().isEmpty() && awaited.idOf(port.key(), now).isPresent();
  }

  private List<Transition> each(Predicate<Card> which, Event event, long now) {
    Collection<Card> chosen = cards.values().stream().filter(which).toList();
    List<Transition> transitions = new ArrayList<>();
    for (Card card : chosen) {
      transitions.add(step(card.port(), event, now));
    }
    return transitions;
  }

  private Transition step(LocalPort port, Event event, long now) {
    Card before = cards.get(port.key());
    Stage from = before == null ? new Stage.Absent() : before.stage();
    Step step = from.on(event, now);
    Card after = new Card(port, step.stage());
    if (event == Event.GONE) {
      awaited.remove(port.key());
    }
    if (step.stage() instanceof Stage.Absent) {
      cards.remove(port.key());
    } else {
      cards.put(port.key(), after);
    }
    return new Transition(after.port(), from, event, step);
  }
}
