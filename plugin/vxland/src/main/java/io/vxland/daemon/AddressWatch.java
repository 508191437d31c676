package io.vxland.daemon;

import io.vxland.model.InterfaceName;
import io.vxland.model.IpAddress;
import io.vxland.model.LocalPort;
import io.vxland.model.Location;
import io.vxland.model.Network;
import io.vxland.model.Vni;
import io.vxland.os.TapWatch;
import io.vxland.snoop.Claims;
import io.vxland.snoop.SeenAddresses;
import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Finds the addresses of cards whose metadata name none, where others are told of them and answer
 * for them: by what the guests send on their taps, and for a VM that comes from another host by
 * what that host has told. Thread-safe.
 */
final class AddressWatch implements AutoCloseable {
  private static final String SUBJECT = "addresses of VMs";

  private final World world;
  private final Runnable wake;
  private final Health health;
  private final SeenAddresses seen = new SeenAddresses();
  private Set<LocalPort> plugged = Set.of();
  private Map<InterfaceName, LocalPort> taps = Map.of();
  private Set<String> contested = Set.of();
  private Optional<TapWatch> watch = Optional.empty();

  /**
   * Creates it.
   *
   * @param wake has the reconciler run a pass
   */
  AddressWatch(World world, Runnable wake, Health health) {
    this.world = world;
    this.wake = wake;
    this.health = health;
  }

  /** Goes on with what was remembered from before a restart. */
  synchronized void resume() {
    Map<LocalPort.Key, List<IpAddress>> before = world.seen();
    for (LocalPort port : world.plugged()) {
      seen.inherit(port, before.getOrDefault(port.key(), List.of()), System.nanoTime());
    }
  }

  /**
   * Listens on the taps of these cards; at each pass.
   *
   * @param networks those of which other hosts are told addresses
   * @param elsewhere the cards of other hosts in some of them
   */
  synchronized void follow(
      Collection<Network> networks, Function<List<Network>, Map<Vni, List<Location>>> elsewhere) {
    long now = System.nanoTime();
    Map<Vni, Network> answered =
        networks.stream()
            .collect(Collectors.toMap(Network::vni, network -> network, (one, other) -> one));
    plugged = world.plugged();
    List<LocalPort> watched =
        plugged.stream()
            .filter(port -> port.addresses().isEmpty() && answered.containsKey(port.vni()))
            .toList();
    seen.retain(watched, now);
    inherit(watched, answered, elsewhere, now);
    giveWay(watched, answered, elsewhere, now);
    Map<InterfaceName, LocalPort> newTaps = new HashMap<>();
    for (LocalPort port : watched) {
      port.tap().ifPresent(tap -> newTaps.put(tap, port));
    }
    taps = newTaps;
    listen();
    if (world.seen(seen.all())) {
      wake.run();
    }
  }

  /** Others need not ask a VM that has just come for the addresses that it had before. */
  private void inherit(
      List<LocalPort> watched,
      Map<Vni, Network> answered,
      Function<List<Network>, Map<Vni, List<Location>>> elsewhere,
      long now) {
    List<LocalPort> coming =
        watched.stream()
            .filter(port -> port.state() == LocalPort.State.INCOMING)
            .filter(port -> seen.of(port.key()).isEmpty())
            .toList();
    if (coming.isEmpty()) {
      return;
    }
    Set<Vni> vnis = coming.stream().map(LocalPort::vni).collect(Collectors.toSet());
    Map<Vni, List<Location>> told = elsewhere.apply(vnis.stream().map(answered::get).toList());
    for (LocalPort port : coming) {
      told.getOrDefault(port.vni(), List.of()).stream()
          .filter(location -> location.mac().equals(port.mac()))
          .forEach(location -> seen.inherit(port, location.addresses(), now));
    }
  }

  /** Where nothing was seen, nobody else's claim matters. */
  private void giveWay(
      List<LocalPort> watched,
      Map<Vni, Network> answered,
      Function<List<Network>, Map<Vni, List<Location>>> elsewhere,
      long now) {
    Set<LocalPort.Key> having = seen.all().keySet();
    List<Network> networks =
        watched.stream()
            .filter(port -> having.contains(port.key()))
            .map(LocalPort::vni)
            .distinct()
            .map(answered::get)
            .toList();
    Map<Vni, List<Location>> told = networks.isEmpty() ? Map.of() : elsewhere.apply(networks);
    seen.giveWay(vni -> told.getOrDefault(vni, List.of()), now);
    Map<String, String> contests = new HashMap<>();
    for (SeenAddresses.Contest contest : seen.contests()) {
      watched.stream()
          .filter(port -> port.key().equals(contest.card()))
          .forEach(
              port ->
                  contests.put(
                      "address " + contest.address() + " of VNI " + contest.vni(),
                      "VM '"
                          + port.domainName()
                          + "' ("
                          + port.mac()
                          + ") and "
                          + contest.rival()
                          + " on another host use it alternately"));
    }
    contested.stream().filter(subject -> !contests.containsKey(subject)).forEach(health::settled);
    contests.forEach(
        (subject, what) ->
            health.trouble(
                subject,
                what,
                "give one of the two another address, or name it in the owner's metadata"));
    contested = Set.copyOf(contests.keySet());
  }

  private void listen() {
    if (watch.isEmpty() && !taps.isEmpty()) {
      try {
        watch = Optional.of(TapWatch.start(Claims.ENOUGH, new Ears()));
      } catch (IOException refused) {
        lost(refused.getMessage());
      }
    }
    watch.ifPresent(running -> running.listen(new HashSet<>(taps.keySet())));
  }

  private synchronized boolean claimed(InterfaceName tap, byte[] frame) {
    LocalPort port = taps.get(tap);
    if (port == null) {
      return false;
    }
    Optional<IpAddress> address = Claims.of(frame, port.mac());
    return address.isPresent()
        && seen.claim(port, address.get(), plugged, System.nanoTime())
        && world.seen(seen.all());
  }

  private final class Ears implements TapWatch.Listener {
    @Override
    public void heard(InterfaceName tap, byte[] frame) {
      if (claimed(tap, frame)) {
        wake.run();
      }
    }

    @Override
    public void arranged(SortedMap<InterfaceName, String> refused) {
      if (refused.isEmpty()) {
        health.settled(SUBJECT);
      } else {
        health.trouble(
            SUBJECT,
            "cannot listen on " + refused.firstKey() + ": " + refused.get(refused.firstKey()),
            "name them in the VMs' metadata, see vxland(8); until then, requests for them are"
                + " flooded");
      }
    }

    @Override
    public void lost(String reason) {
      AddressWatch.this.lost(reason);
    }

    @Override
    public void regained() {
      // What is arranged next settles it.
    }
  }

  private void lost(String reason) {
    health.trouble(SUBJECT, reason, "vxland tries again; until then it learns no new addresses");
  }

  @Override
  public void close() {
    Optional<TapWatch> running;
    synchronized (this) {
      running = watch;
      watch = Optional.empty();
    }
    // Not under the lock, which its thread may want to have before it ends.
    running.ifPresent(TapWatch::close);
  }
}
