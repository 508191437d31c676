package io.vxland.daemon;

import io.vxland.config.Configuration;
import io.vxland.daemon.Cards.Transition;
import io.vxland.migration.Event;
import io.vxland.model.Handover;
import io.vxland.model.InterfaceName;
import io.vxland.model.IpAddress;
import io.vxland.model.LocalPort;
import io.vxland.model.MacAddress;
import io.vxland.model.Network;
import io.vxland.model.NetworkName;
import io.vxland.model.Prefix;
import io.vxland.model.Vni;
import io.vxland.plan.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What the daemon has been told: the configuration, libvirt's networks, the VMs' cards. Events
 * write it, the reconciler reads it. Thread-safe; every write that changes something raises the
 * version.
 */
final class World {
  private Configuration configuration;

  /** Replaced as a whole, so that a view can have it as it is. */
  private Map<NetworkName, LibvirtNetwork> networks = Map.of();

  private final Cards cards = new Cards();

  /** When an event last told of a network (by name) or a domain (by UUID). */
  private final Map<Object, Long> touched = new HashMap<>();

  /** When libvirt was asked what a domain is, of whose answer this is. */
  private final Map<UUID, Long> looked = new HashMap<>();

  /** The addresses that cards were seen to have. */
  private Map<LocalPort.Key, List<IpAddress>> seen = Map.of();

  /** What is wrong with the metadata of VMs. */
  private final Map<UUID, List<Problem>> remarks = new TreeMap<>();

  private List<Problem> libvirtProblems = List.of();
  private boolean inventoryComplete;
  private boolean deaf;
  private long version;

  private final EffectiveNetworks effective = new EffectiveNetworks();
  private Optional<View> latest = Optional.empty();

  /**
   * A network as libvirt has it.
   *
   * @param network what it says; it has the default options, but for what is flooded
   * @param active whether it is started
   * @param autostart whether libvirt starts it at boot
   */
  record LibvirtNetwork(Network network, boolean active, boolean autostart) {}

  /**
   * The world at one moment.
   *
   * @param version rises with every change
   * @param networks every network, the configuration's options merged in
   * @param libvirt what libvirt says of them
   * @param ports the VMs' cards, with the addresses that they were seen to have, unless their
   *     metadata name them
   * @param handovers what migrations ask of the kernel
   * @param problems what could not be taken in
   * @param inventoryComplete whether libvirt has told everything at least once
   * @param accept networks of hosts from which tunnelled packets are taken, too
   */
  record View(
      long version,
      Set<Network> networks,
      Map<NetworkName, LibvirtNetwork> libvirt,
      Set<LocalPort> ports,
      Set<Handover> handovers,
      List<Problem> problems,
      boolean inventoryComplete,
      List<Prefix> accept) {

    /** One that takes tunnelled packets of known hosts only. */
    View(
        long version,
        Set<Network> networks,
        Map<NetworkName, LibvirtNetwork> libvirt,
        Set<LocalPort> ports,
        Set<Handover> handovers,
        List<Problem> problems,
        boolean inventoryComplete) {
      this(version, networks, libvirt, ports, handovers, problems, inventoryComplete, List.of());
    }
  }

  /**
   * A card that libvirt's list has.
   *
   * @param port the card
   * @param event what it says of the VM
   */
  record Found(LocalPort port, Event event) {}

  /**
   * What a look at a VM has made of its ports.
   *
   * @param transitions the steps of the ports
   * @param changed whether anything is known now that was not
   * @param settled whether all is there that hooks have announced, and no event came meanwhile
   */
  record Sight(List<Transition> transitions, boolean changed, boolean settled) {}

  World(Configuration configuration) {
    this.configuration = configuration;
  }

  synchronized Configuration configuration() {
    return configuration;
  }

  synchronized void configure(Configuration newConfiguration) {
    configuration = newConfiguration;
    version++;
  }

  synchronized long version() {
    return version;
  }

  /**
   * Takes in all that libvirt has; what it does not name is gone. Of what an event has told since
   * the inventory began, the event's news stays.
   *
   * @param began {@link System#nanoTime} before libvirt was asked
   */
  synchronized List<Transition> inventory(
      long began,
      Collection<LibvirtNetwork> allNetworks,
      Collection<Found> allPorts,
      List<Problem> problems) {
    touched.values().removeIf(at -> at - began < 0);
    Map<NetworkName, LibvirtNetwork> newNetworks = new TreeMap<>(networks);
    newNetworks.keySet().removeIf(name -> !touched.containsKey(name));
    allNetworks.stream()
        .filter(known -> !touched.containsKey(known.network().name()))
        .forEach(known -> newNetworks.put(known.network().name(), known));
    networks(newNetworks);
    List<Transition> transitions = new ArrayList<>();
    Set<LocalPort.Key> named = new HashSet<>();
    looked.clear();
    long now = System.nanoTime();
    for (Found found : allPorts) {
      named.add(found.port().key());
      if (!touched.containsKey(found.port().domain())) {
        looked.put(found.port().domain(), began);
        transitions.add(cards.found(found.port(), found.event(), now));
      }
    }
    transitions.addAll(cards.gone(named, touched::containsKey, now));
    libvirtProblems = List.copyOf(problems);
    remarks.keySet().retainAll(domains(cards.ports()));
    inventoryComplete = true;
    version++;
    notifyAll();
    return transitions;
  }

  /**
   * Takes in what libvirt has of one VM. If an event has told of the VM since libvirt was asked,
   * the event's news stays, and libvirt is to be asked again.
   *
   * @param began {@link System#nanoTime} before libvirt was asked
   * @param found its NICs in networks of ours; none if it does not run here
   */
  synchronized Sight look(UUID domain, long began, Collection<Found> found) {
    Long told = touched.get(domain);
    if (told != null && told - began >= 0) {
      return new Sight(List.of(), false, false);
    }
    List<Cards.Card> before = cards.of(domain);
    long now = System.nanoTime();
    List<Transition> transitions = cards.looked(domain, found, now);
    List<Cards.Card> after = cards.of(domain);
    looked.keySet().removeIf(each -> each.equals(domain) && after.isEmpty());
    if (!after.isEmpty()) {
      looked.put(domain, began);
    }
    return new Sight(transitions, changedIf(!before.equals(after)), !cards.isAwaited(domain, now));
  }

  /** Whether libvirt has said what a VM is, when it was asked after a {@link System#nanoTime}. */
  synchronized boolean isLookedAt(UUID domain, long since) {
    Long began = looked.get(domain);
    return began != null && began - since >= 0;
  }

  /** Whether a VM is still to get a port that a hook has announced. */
  synchronized boolean isAwaited(UUID domain) {
    return cards.isAwaited(domain, System.nanoTime());
  }

  /** Takes in what was remembered from before a restart; an inventory replaces it. */
  synchronized void remember(
      Collection<LibvirtNetwork> knownNetworks,
      Collection<Cards.Card> knownCards,
      Map<LocalPort.Key, List<IpAddress>> knownSeen) {
    Map<NetworkName, LibvirtNetwork> newNetworks = new TreeMap<>(networks);
    knownNetworks.forEach(known -> newNetworks.put(known.network().name(), known));
    networks(newNetworks);
    knownCards.forEach(cards::remember);
    seen = Map.copyOf(knownSeen);
    version++;
  }

  /**
   * Whether a network without metadata is one of ours by its bridge's name: if the configuration
   * says so, or because it is one already. Earlier versions took all such networks; what they have
   * made goes on.
   */
  synchronized boolean isOursByBridgeName(String name, Vni vni) {
    return configuration.host().bridgeNames().filter(range -> range.contains(vni)).isPresent()
        || networks.values().stream()
            .map(LibvirtNetwork::network)
            .anyMatch(
                known ->
                    known.origin() == Network.Origin.BRIDGE_NAME
                        && known.name().value().equals(name)
                        && known.vni().equals(vni));
  }

  /**
   * Forgets networks of which only the bridge's name looks like ours, unless the configuration says
   * that they are: their bridges turned out to be another's.
   *
   * @param yielded their VNIs
   */
  synchronized void forgetOthers(Set<Vni> yielded) {
    Map<NetworkName, LibvirtNetwork> left = new TreeMap<>(networks);
    left.values()
        .removeIf(
            known ->
                known.network().origin() == Network.Origin.BRIDGE_NAME
                    && yielded.contains(known.network().vni())
                    && configuration
                        .host()
                        .bridgeNames()
                        .filter(range -> range.contains(known.network().vni()))
                        .isEmpty());
    if (left.size() < networks.size()) {
      networks(left);
      version++;
    }
  }

  /** The addresses that cards were seen to have. */
  synchronized Map<LocalPort.Key, List<IpAddress>> seen() {
    return seen;
  }

  /** Takes in which addresses cards were seen to have; returns whether that changed anything. */
  synchronized boolean seen(Map<LocalPort.Key, List<IpAddress>> newSeen) {
    boolean changed = changedIf(!seen.equals(newSeen));
    seen = Map.copyOf(newSeen);
    return changed;
  }

  /** Takes in what is wrong with a VM's metadata. */
  synchronized void remarks(UUID domain, List<Problem> problems) {
    if (problems.isEmpty() ? remarks.remove(domain) != null : differ(domain, problems)) {
      version++;
    }
  }

  private boolean differ(UUID domain, List<Problem> problems) {
    return !problems.equals(remarks.put(domain, List.copyOf(problems)));
  }

  /** The cards that are plugged in, with no addresses but those that their metadata name. */
  synchronized Set<LocalPort> plugged() {
    return cards.ports();
  }

  /** The cards, for those who must know them again after a restart. */
  synchronized List<Cards.Card> cards() {
    return cards.all();
  }

  /** Waits until libvirt is known to have certain networks; returns whether it is. */
  synchronized boolean awaitNetworks(
      Predicate<Map<NetworkName, LibvirtNetwork>> wanted, Duration limit)
      throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    for (long left = limit.toNanos(); !wanted.test(networks); left = end - System.nanoTime()) {
      if (left <= 0) {
        return false;
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return true;
  }

  /** Takes in one network; returns whether that changed anything. */
  synchronized boolean network(LibvirtNetwork network) {
    touch(network.network().name());
    boolean changed = changedIf(!network.equals(networks.get(network.network().name())));
    if (changed) {
      Map<NetworkName, LibvirtNetwork> newNetworks = new TreeMap<>(networks);
      newNetworks.put(network.network().name(), network);
      networks(newNetworks);
    }
    notifyAll();
    return changed;
  }

  private void networks(Map<NetworkName, LibvirtNetwork> newNetworks) {
    if (!newNetworks.equals(networks)) {
      networks = Collections.unmodifiableMap(newNetworks);
    }
  }

  /** A card is in its bridge. */
  synchronized Transition plugged(LocalPort port) {
    touch(port.domain());
    version++;
    return cards.plugged(port, System.nanoTime());
  }

  /** Takes in a card that libvirt is about to plug, unless more is known of it already. */
  synchronized Optional<Transition> announced(LocalPort port) {
    touch(port.domain());
    Optional<Transition> transition = cards.announced(port, System.nanoTime());
    changedIf(transition.isPresent());
    return transition;
  }

  /** A migration of a VM with this card to this host has announced itself. */
  synchronized Transition expected(LocalPort port) {
    version++;
    return cards.expected(port, System.nanoTime());
  }

  /** libvirt has deleted the network port of a NIC. */
  synchronized List<Transition> unplugged(LocalPort.Key key, UUID id) {
    touch(key.domain());
    List<Cards.Card> before = cards.of(key.domain());
    List<Transition> transitions = cards.unplugged(key, id, System.nanoTime());
    changedIf(!before.equals(cards.of(key.domain())));
    return transitions;
  }

  /** Something happened to a VM, and so to all its cards. */
  synchronized List<Transition> domain(UUID domain, Event event) {
    touch(domain);
    return counted(cards.domain(domain, event, System.nanoTime()));
  }

  /** A frame came in by a port of a bridge. */
  synchronized List<Transition> heard(InterfaceName port, MacAddress mac) {
    return cards.anyUnderway() ? counted(cards.heard(port, mac, System.nanoTime())) : List.of();
  }

  /** A frame of a card came in from another host. */
  synchronized List<Transition> elsewhere(LocalPort.Key card) {
    return counted(cards.one(card, Event.HEARD_ELSEWHERE, System.nanoTime()));
  }

  /** Whether a card was sent elsewhere, and not heard from there yet. */
  synchronized boolean isUnheard(LocalPort.Key card) {
    return cards.isUnheard(card);
  }

  /** The cards that were sent elsewhere, and not heard from there yet. */
  synchronized List<LocalPort> unheard() {
    return cards.unheard();
  }

  /** Time has passed. */
  synchronized List<Transition> tick() {
    return counted(cards.tick(deaf, System.nanoTime()));
  }

  /** Whether nothing is heard of other hosts for the time being. */
  synchronized void deaf(boolean now) {
    deaf = now;
  }

  /** When {@link #tick} is due, by {@link System#nanoTime}. */
  synchronized OptionalLong deadline() {
    return cards.deadline();
  }

  private void touch(Object subject) {
    touched.put(subject, System.nanoTime());
  }

  private List<Transition> counted(List<Transition> transitions) {
    changedIf(transitions.stream().anyMatch(Transition::isChange));
    return transitions;
  }

  private boolean changedIf(boolean changed) {
    if (changed) {
      version++;
    }
    return changed;
  }

  /**
   * Returns the world as it is now. It is put together once for each version, and not under the
   * lock, which a redirect waits for: with 4,000 networks that takes milliseconds.
   */
  View view() {
    Told told;
    synchronized (this) {
      if (latest.isPresent() && latest.get().version() == version) {
        return latest.get();
      }
      told =
          new Told(
              version,
              configuration,
              networks,
              cards.all(),
              seen,
              libvirtProblems,
              Map.copyOf(remarks),
              inventoryComplete);
    }
    View fresh = told.view(effective.of(told.networks(), told.configuration()));
    synchronized (this) {
      if (latest.isEmpty() || latest.get().version() < fresh.version()) {
        latest = Optional.of(fresh);
      }
    }
    return fresh;
  }

  /** What a view is made of; nothing in it changes any more. */
  private record Told(
      long version,
      Configuration configuration,
      Map<NetworkName, LibvirtNetwork> networks,
      List<Cards.Card> cards,
      Map<LocalPort.Key, List<IpAddress>> seen,
      List<Problem> libvirtProblems,
      Map<UUID, List<Problem>> remarks,
      boolean inventoryComplete) {
    View view(EffectiveNetworks.Merged merged) {
      Set<LocalPort> ports = Cards.ports(cards);
      List<Problem> problems = new ArrayList<>(libvirtProblems);
      Set<UUID> domains = domains(ports);
      new TreeMap<>(remarks)
          .forEach(
              (domain, wrong) -> problems.addAll(domains.contains(domain) ? wrong : List.of()));
      problems.addAll(merged.problems());
      return new View(
          version,
          merged.networks(),
          networks,
          ports.stream().map(this::withSeen).collect(Collectors.toUnmodifiableSet()),
          Set.copyOf(Cards.handovers(cards)),
          List.copyOf(problems),
          inventoryComplete,
          configuration.control().accept());
    }

    private LocalPort withSeen(LocalPort port) {
      List<IpAddress> addresses = seen.get(port.key());
      return port.addresses().isEmpty() && addresses != null ? port.withSeen(addresses) : port;
    }
  }

  private static Set<UUID> domains(Set<LocalPort> ports) {
    return ports.stream().map(LocalPort::domain).collect(Collectors.toSet());
  }
}
