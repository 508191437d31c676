package io.vxland.plan;

import io.vxland.model.Vni;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What to do, in order, and what cannot be done.
 *
 * @param changes the steps
 * @param problems what an administrator has to settle, the desired state's own included
 * @param blocked the VNIs of which nothing can be made until then
 * @param yielded the VNIs that turned out to be none of ours
 */
public record Plan(
    List<Change> changes, List<Problem> problems, Set<Vni> blocked, Set<Vni> yielded) {
  /** Copies the collections. */
  public Plan {
    changes = List.copyOf(changes);
    problems = List.copyOf(problems);
    blocked = Set.copyOf(blocked);
    yielded = Set.copyOf(yielded);
  }

  /** Both plans in one; this one's changes first. */
  public Plan and(Plan other) {
    List<Change> all = new ArrayList<>(changes);
    all.addAll(other.changes);
    List<Problem> both = new ArrayList<>(problems);
    both.addAll(other.problems);
    both.sort(null);
    return new Plan(all, both, union(blocked, other.blocked), union(yielded, other.yielded));
  }

  private static Set<Vni> union(Set<Vni> one, Set<Vni> other) {
    Set<Vni> all = new HashSet<>(one);
    all.addAll(other);
    return all;
  }

  /** Whether the kernel has what it should have. */
  public boolean isEmpty() {
    return changes.isEmpty();
  }
}
