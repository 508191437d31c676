package io.vxland.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What a control plane knows about the rest of the world, at one moment.
 *
 * @param complete whether the first snapshot is in; before that nothing may be swept
 * @param replication per VNI, the hosts that get what has no known place
 * @param locations per VNI, the machines whose place is known
 */
public record Knowledge(
    boolean complete, Map<Vni, SortedSet<Vtep>> replication, Map<Vni, List<Location>> locations) {

  /** Nothing, and not complete: before a control plane has said anything. */
  public static final Knowledge NOTHING_YET = new Knowledge(false, Map.of(), Map.of());

  /** Copies the maps. */
  public Knowledge {
    replication = Map.copyOf(replication);
    locations = Map.copyOf(locations);
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
    return new Knowledge(complete && other.complete, hosts, places);
  }
}
