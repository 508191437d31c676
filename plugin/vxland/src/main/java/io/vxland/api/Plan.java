package io.vxland.api;

import java.util.List;

/**
 * What the daemon would do now.
 *
 * @param changes the steps, in order; empty if the kernel has what it shall have
 * @param problems what keeps it from doing more
 */
public record Plan(List<Change> changes, List<Problem> problems) {
  /** Copies the lists. */
  public Plan {
    changes = List.copyOf(changes);
    problems = List.copyOf(problems);
  }
}
