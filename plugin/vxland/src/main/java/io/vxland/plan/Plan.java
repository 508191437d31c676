package io.vxland.plan;

import io.vxland.model.Vni;
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

  /** Whether the kernel has what it should have. */
  public boolean isEmpty() {
    return changes.isEmpty();
  }
}
