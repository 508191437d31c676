package io.vxland.dataplane.nft;

import io.vxland.model.Vni;
import io.vxland.plan.PortFilterText;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The stamps of networks as set {@code stamps} has them. A network's is the sum of its elements,
 * modulo 2^64: one that only grows gets a further element, for nft waits for an RCU grace period,
 * some 15 ms, where it deletes anything, and a VM's start waits for nft.
 */
final class Stamps {
  /** A network that has more elements gets a single one the next time. */
  private static final int MOST_PARTS = 16;

  private final Map<Vni, Set<Long>> parts = new HashMap<>();

  Stamps() {}

  /** A copy. */
  Stamps(Stamps other) {
    add(other.parts);
  }

  /** Adds elements that were read. */
  void add(Map<Vni, Set<Long>> read) {
    read.forEach((vni, some) -> parts.put(vni, new HashSet<>(some)));
  }

  /** The stamp of each network. */
  Map<Vni, Long> sums() {
    Map<Vni, Long> sums = new HashMap<>();
    parts.forEach((vni, some) -> sums.put(vni, some.stream().mapToLong(Long::longValue).sum()));
    return sums;
  }

  /**
   * Makes a network's stamp another one.
   *
   * @param commands gets the commands that do it
   * @param grows whether nothing else is deleted in the same transaction
   */
  void set(Vni vni, long stamp, boolean grows, List<String> commands) {
    Set<Long> some = parts.getOrDefault(vni, Set.of());
    long more = stamp - some.stream().mapToLong(Long::longValue).sum();
    if (!grows || some.size() >= MOST_PARTS || some.contains(more)) {
      remove(vni, commands);
      more = stamp;
    }
    parts.computeIfAbsent(vni, any -> new HashSet<>()).add(more);
    commands.add(PortFilterText.addStamp(vni, more));
  }

  /** Takes a network's stamp away. */
  void remove(Vni vni, List<String> commands) {
    Set<Long> some = parts.remove(vni);
    if (some != null) {
      some.forEach(part -> commands.add(PortFilterText.removeStamp(vni, part)));
    }
  }

  /** None is there any more. */
  void clear() {
    parts.clear();
  }
}
