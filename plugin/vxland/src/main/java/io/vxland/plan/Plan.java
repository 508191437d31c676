package io.vxland.plan;

import java.util.List;

/**
 * What to do, in order, and what cannot be done.
 *
 * @param changes the steps
 * @param problems what an administrator has to settle, the desired state's own included
 */
public record Plan(List<Change> changes, List<Problem> problems) {
  /** Copies the lists. */
  public Plan {
    changes = List.copyOf(changes);
    problems = List.copyOf(problems);
  }

  /** Whether the kernel has what it should have. */
  public boolean isEmpty() {
    return changes.isEmpty();
  }
}
