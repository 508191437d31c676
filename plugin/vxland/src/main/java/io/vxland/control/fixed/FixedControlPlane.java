package io.vxland.control.fixed;

import io.vxland.control.ControlPlane;
import io.vxland.model.Knowledge;
import io.vxland.model.Location;
import io.vxland.model.Network;
import io.vxland.model.OverlayOptions.Replication;
import io.vxland.model.Presence;
import io.vxland.model.StaticEntry;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Peers and places from the configuration. It is complete from the start, and it never hears of a
 * change: peers follow a machine that moves by what the kernel learns.
 */
public final class FixedControlPlane implements ControlPlane {
  /** Who says what it knows. */
  public static final String SOURCE = "configuration";

  private final List<Vtep> peers;

  /**
   * Creates it.
   *
   * @param peers the other hosts
   */
  public FixedControlPlane(List<Vtep> peers) {
    this.peers = List.copyOf(peers);
  }

  @Override
  public String mode() {
    return "static";
  }

  @Override
  public Knowledge knowledge(Collection<Network> networks) {
    Map<Vni, SortedSet<Vtep>> replication = new HashMap<>();
    Map<Vni, List<Location>> locations = new HashMap<>();
    for (Network network : networks.stream().sorted().toList()) {
      replication.putIfAbsent(
          network.vni(), new TreeSet<>(peersOf(network.options().replication())));
      locations.putIfAbsent(
          network.vni(),
          network.options().entries().stream().map(FixedControlPlane::location).toList());
    }
    return new Knowledge(true, replication, locations);
  }

  @Override
  public List<Said> said(Collection<Network> networks) {
    return Said.all(knowledge(networks), SOURCE);
  }

  /** Nobody listens. */
  @Override
  public void publish(Presence presence) {}

  @Override
  public boolean isCurrent() {
    return true;
  }

  @Override
  public List<Host> hosts() {
    return peers.stream()
        .map(peer -> new Host(peer, "", SOURCE, Optional.empty(), Duration.ZERO))
        .toList();
  }

  @Override
  public List<Trouble> troubles() {
    return List.of();
  }

  @Override
  public void close() {}

  private List<Vtep> peersOf(Replication replication) {
    if (replication instanceof Replication.ControlPlane) {
      return peers;
    }
    return replication instanceof Replication.Peers own ? own.peers() : List.of();
  }

  private static Location location(StaticEntry entry) {
    return new Location(entry.mac(), entry.vtep(), entry.addresses(), true);
  }
}
