package io.vxland.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What a control plane knows about the rest of the world, at one moment.
 *
 * @param complete whether the first snapshot is in; before that nothing may be swept
 * @param replication per VNI, the hosts that are to get what has no known place
 * @param locations per VNI, the machines whose place is known
 * @param routing what a routing daemon says; empty: there is none, and the kernel has from us what
 *     it knows of other hosts
 */
public record Knowledge(
    boolean complete,
    Map<Vni, SortedSet<Vtep>> replication,
    Map<Vni, List<Location>> locations,
    Optional<Routing> routing) {

  /**
   * A routing daemon (FRR's zebra) writes what it hears of other hosts into the kernel itself, and
   * tells them what it finds there of ours.
   *
   * @param hosts per VNI, those that it has told the kernel of
   * @param duplicates per VNI, the machines of which it says that they come and go too often
   */
  public record Routing(Map<Vni, SortedSet<Vtep>> hosts, Map<Vni, Set<MacAddress>> duplicates) {
    /** It has said nothing. */
    public static final Routing SILENT = new Routing(Map.of(), Map.of());

    /** Copies the maps. */
    public Routing {
      hosts = Map.copyOf(hosts);
      duplicates = Map.copyOf(duplicates);
    }
  }

  /** Nothing, and not complete: before a control plane has said anything. */
  public static final Knowledge NOTHING_YET = new Knowledge(false, Map.of(), Map.of());

  /** Without a routing daemon. */
  public Knowledge(
      boolean complete, Map<Vni, SortedSet<Vtep>> replication, Map<Vni, List<Location>> locations) {
    this(complete, replication, locations, Optional.empty());
  }

  /** Copies the maps. */
  public Knowledge {
    replication = Map.copyOf(replication);
    locations = Map.copyOf(locations);
  }

  /** The hosts that take part in a network, whoever tells the kernel. */
  public SortedSet<Vtep> hosts(Vni vni) {
    SortedSet<Vtep> hosts = new TreeSet<>(replication.getOrDefault(vni, new TreeSet<>()));
    routing.ifPresent(told -> hosts.addAll(told.hosts().getOrDefault(vni, new TreeSet<>())));
    return hosts;
  }

  /** What both know together; complete once both are. */
  public Knowledge and(Knowledge other) {
    Map<Vni, SortedSet<Vtep>> hosts = new HashMap<>();
    Map<Vni, List<Location>> places = new HashMap<>();
    for (Knowledge each : List.of(this, other)) {
      each.replication.forEach(
          (vni, vteps) -> hosts.computeIfAbsent(vni, any -> new TreeSet<>()).addAll(vteps));
      each.locations.forEach(
          (vni, all) -> places.computeIfAbsent(vni, any -> new ArrayList<>()).addAll(all));
    }
    return new Knowledge(
        complete && other.complete, hosts, places, routing.or(() -> other.routing));
  }
}
