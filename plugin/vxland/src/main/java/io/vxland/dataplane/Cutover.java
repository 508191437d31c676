package io.vxland.dataplane;

import io.vxland.plan.Change;

/**
 * Applies single changes past the reconciler, for those few that cannot wait for its turn; the
 * desired state contains them, too. Thread-safe.
 */
public interface Cutover extends AutoCloseable {
  /**
   * Applies a change to a port of a bridge.
   *
   * @return whether there is such a port; if not, nothing was done
   * @throws DataplaneException if the kernel refuses it
   */
  boolean apply(Change change) throws DataplaneException;

  @Override
  void close();
}
