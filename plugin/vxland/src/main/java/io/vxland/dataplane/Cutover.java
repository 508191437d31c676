package io.vxland.dataplane;

import io.vxland.model.InterfaceName;
import io.vxland.model.MacAddress;
import io.vxland.model.Vtep;
import io.vxland.plan.Change;
import java.util.Optional;

/**
 * Single changes and questions past the reconciler, for those few that cannot wait for its turn;
 * the desired state contains the changes, too. Thread-safe.
 */
public interface Cutover extends AutoCloseable {
  /**
   * Applies a change to a port of a bridge.
   *
   * @return whether there is such a port; if not, nothing was done
   * @throws DataplaneException if the kernel refuses it
   */
  boolean apply(Change change) throws DataplaneException;

  /**
   * Finds a device, so that a change to it soon after is one call of the kernel.
   *
   * @throws DataplaneException if the kernel cannot be asked
   */
  void prepare(InterfaceName device) throws DataplaneException;

  /**
   * Where a VXLAN device has a card.
   *
   * @return empty if it does not know, or the kernel cannot tell of single entries (before 5.0)
   * @throws DataplaneException if it cannot be asked
   */
  Optional<Vtep> placeOf(InterfaceName vxlan, MacAddress mac) throws DataplaneException;

  /** Does what costs time only once, so that the first redirect is not the slowest. */
  void warmUp();

  @Override
  void close();
}
