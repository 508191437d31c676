package io.vxland.daemon;

import io.vxland.config.Configuration;
import io.vxland.model.InterfaceName;
import io.vxland.model.LocalPort;
import io.vxland.model.MacAddress;
import io.vxland.model.Network;
import io.vxland.model.NetworkName;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import io.vxland.plan.Problem;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.UnaryOperator;

/**
 * What the daemon has been told: the configuration, libvirt's networks, the VMs' cards. Events
 * write it, the reconciler reads it. Thread-safe; every write that changes something raises the
 * version.
 */
final class World {
  private Configuration configuration;
  private final Map<NetworkName, LibvirtNetwork> networks = new TreeMap<>();
  private final Map<LocalPort.Key, LocalPort> ports = new TreeMap<>();
  private final Set<UUID> expected = new HashSet<>();

  /** When an event last told of a network (by name) or a domain (by UUID). */
  private final Map<Object, Long> touched = new HashMap<>();

  private List<Problem> libvirtProblems = List.of();
  private boolean inventoryComplete;
  private long version;

  /**
   * A network as libvirt has it.
   *
   * @param network what it says, with the default options
   * @param active whether it is started
   * @param autostart whether libvirt starts it at boot
   */
  record LibvirtNetwork(Network network, boolean active, boolean autostart) {}

  /**
   * The world at one moment.
   *
   * @param version rises with every change
   * @param vtep the address that the configuration demands
   * @param networks every network, the configuration's options merged in
   * @param libvirt what libvirt says of them
   * @param ports the VMs' cards
   * @param problems what could not be taken in
   * @param inventoryComplete whether libvirt has told everything at least once
   */
  record View(
      long version,
      Optional<Vtep> vtep,
      Set<Network> networks,
      Map<NetworkName, LibvirtNetwork> libvirt,
      Set<LocalPort> ports,
      List<Problem> problems,
      boolean inventoryComplete) {}

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
  synchronized void inventory(
      long began,
      Collection<LibvirtNetwork> allNetworks,
      Collection<LocalPort> allPorts,
      List<Problem> problems) {
    touched.values().removeIf(at -> at - began < 0);
    networks.keySet().removeIf(name -> !touched.containsKey(name));
    allNetworks.stream()
        .filter(known -> !touched.containsKey(known.network().name()))
        .forEach(known -> networks.put(known.network().name(), known));
    Map<LocalPort.Key, LocalPort> before = new TreeMap<>(ports);
    ports.values().removeIf(port -> !touched.containsKey(port.domain()));
    allPorts.stream()
        .filter(port -> !touched.containsKey(port.domain()))
        .forEach(port -> ports.put(port.key(), merged(port, before.get(port.key()))));
    libvirtProblems = List.copyOf(problems);
    inventoryComplete = true;
    version++;
  }

  /**
   * An inventory cannot tell a migration's two ends apart, events can: a state that they have set
   * stays while the port is there.
   */
  private static LocalPort merged(LocalPort found, LocalPort before) {
    if (before == null) {
      return found;
    }
    LocalPort.State state =
        found.state() == LocalPort.State.INCOMING ? before.state() : found.state();
    return new LocalPort(
        found.domain(),
        found.domainName(),
        found.mac(),
        found.vni(),
        found.bridge(),
        found.tap().or(before::tap),
        found.portId().or(before::portId),
        state);
  }

  /** Takes in what was remembered from before a restart; an inventory replaces it. */
  synchronized void remember(
      Collection<LibvirtNetwork> knownNetworks, Collection<LocalPort> knownPorts) {
    knownNetworks.forEach(known -> networks.put(known.network().name(), known));
    knownPorts.forEach(port -> ports.put(port.key(), port));
    version++;
  }

  /** Takes in one network; returns whether that changed anything. */
  synchronized boolean network(LibvirtNetwork network) {
    touch(network.network().name());
    LibvirtNetwork before = networks.put(network.network().name(), network);
    return changedIf(!network.equals(before));
  }

  /** Takes in one port; returns whether that changed anything. */
  synchronized boolean port(LocalPort port) {
    touch(port.domain());
    LocalPort before = ports.put(port.key(), port);
    return changedIf(!port.equals(before));
  }

  /** Takes in a port that libvirt is about to plug, unless more is known of it already. */
  synchronized boolean announced(LocalPort port) {
    return !ports.containsKey(port.key()) && port(port);
  }

  /** The card is unplugged. */
  synchronized boolean unplugged(LocalPort.Key key) {
    touch(key.domain());
    return changedIf(ports.remove(key) != null);
  }

  /** Whether the tap of some card is not known yet: an inventory tells it once it is made. */
  synchronized boolean missesTaps() {
    return ports.values().stream().anyMatch(port -> port.tap().isEmpty());
  }

  /** A migration has announced itself: the domain's ports will be incoming ones. */
  synchronized void expect(UUID domain) {
    expected.add(domain);
  }

  synchronized boolean isExpected(UUID domain) {
    return expected.contains(domain);
  }

  /** The domain's VM runs here, or stopped running here for a migration. */
  synchronized boolean domainState(UUID domain, LocalPort.State state) {
    touch(domain);
    if (state == LocalPort.State.HERE) {
      expected.remove(domain);
    }
    return replacePorts(domain, port -> port.in(state));
  }

  /** A card's frames come in by a tap: an incoming VM with that card has arrived. */
  synchronized boolean heard(InterfaceName tap, MacAddress mac) {
    List<LocalPort> arrived =
        ports.values().stream()
            .filter(port -> port.state() == LocalPort.State.INCOMING)
            .filter(port -> port.mac().equals(mac) && port.tap().equals(Optional.of(tap)))
            .toList();
    arrived.forEach(port -> ports.put(port.key(), port.in(LocalPort.State.HERE)));
    return changedIf(!arrived.isEmpty());
  }

  /** The domain is gone from this host. */
  synchronized boolean forget(UUID domain) {
    touch(domain);
    expected.remove(domain);
    return changedIf(ports.values().removeIf(port -> port.domain().equals(domain)));
  }

  private void touch(Object subject) {
    touched.put(subject, System.nanoTime());
  }

  private boolean replacePorts(UUID domain, UnaryOperator<LocalPort> change) {
    List<LocalPort> changed =
        ports.values().stream()
            .filter(port -> port.domain().equals(domain))
            .filter(port -> !change.apply(port).equals(port))
            .toList();
    changed.forEach(port -> ports.put(port.key(), change.apply(port)));
    return changedIf(!changed.isEmpty());
  }

  private boolean changedIf(boolean changed) {
    if (changed) {
      version++;
    }
    return changed;
  }

  /** Returns the world as it is now. */
  synchronized View view() {
    List<Problem> problems = new ArrayList<>(libvirtProblems);
    Set<Network> merged = new HashSet<>();
    for (LibvirtNetwork known : networks.values()) {
      merged.add(withOptions(known.network(), problems));
    }
    configuration.ownNetworks().stream()
        .filter(own -> !networks.containsKey(own.name()))
        .forEach(merged::add);
    return new View(
        version,
        configuration.host().address(),
        Set.copyOf(merged),
        Map.copyOf(networks),
        Set.copyOf(ports.values()),
        problems,
        inventoryComplete);
  }

  private Network withOptions(Network network, List<Problem> problems) {
    Configuration.NetworkSection section = configuration.networks().get(network.name());
    Optional<Vni> demanded = section == null ? Optional.empty() : section.vni();
    if (demanded.isPresent() && !demanded.get().equals(network.vni())) {
      problems.add(
          new Problem(
              "network '" + network.name() + "'",
              "libvirt says VNI "
                  + network.vni()
                  + ", the configuration says "
                  + demanded.get()
                  + "; libvirt's is taken, correct one of the two"));
    }
    return new Network(
        network.name(),
        network.vni(),
        network.bridge(),
        network.template(),
        network.origin(),
        configuration.optionsOf(network.name()));
  }
}
