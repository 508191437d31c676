package io.vxland.netlink4j;

import io.vxland.netlink4j.model.NetlinkException;
import java.util.List;

/**
 * What became of a batch.
 *
 * @param count changes that were sent
 * @param failures those that were refused, in order; all others were done
 */
public record BatchOutcome(int count, List<Failure> failures) {
  public BatchOutcome {
    failures = List.copyOf(failures);
  }

  /** Whether all were done. */
  public boolean isSuccess() {
    return failures.isEmpty();
  }

  /** Throws the first failure, whose operation names the change and its place. */
  public void orThrow() throws NetlinkException {
    if (!failures.isEmpty()) {
      throw failures.get(0).error();
    }
  }
}
