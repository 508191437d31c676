package io.vxland.model;

import java.util.List;

/**
 * Where a machine of a network is, as a control plane tells it.
 *
 * @param mac the machine's card
 * @param vtep the host behind which it is
 * @param addresses its addresses in the tenant's network; may be empty
 */
public record Location(MacAddress mac, Vtep vtep, List<IpAddress> addresses) {
  /** Copies the list. */
  public Location {
    addresses = List.copyOf(addresses);
  }
}
