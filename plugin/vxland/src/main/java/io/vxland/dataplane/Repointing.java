package io.vxland.dataplane;

import io.vxland.model.MacAddress;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;

/**
 * Changes single entries of VXLAN devices: has a card's frames go to its new host past the
 * reconciler, whose next plan would do the same. Thread-safe.
 */
public interface Repointing extends AutoCloseable {
  /**
   * Changes the entry of a card; only one that is vxland's, and there.
   *
   * @return whether there is one
   * @throws DataplaneException if it is refused
   */
  boolean repoint(Vni network, MacAddress mac, Vtep host) throws DataplaneException;

  /**
   * Has the VXLAN device of a network forget where it has learned that a MAC address is. An entry
   * that somebody has written stays.
   *
   * @throws DataplaneException if it is refused
   */
  void forget(Vni network, MacAddress mac) throws DataplaneException;

  @Override
  void close();
}
