package io.vxland.model;

import java.util.List;

/**
 * Where a machine of a network is, as a control plane tells it.
 *
 * @param mac the machine's card
 * @param vtep the host behind which it is
 * @param addresses its addresses in the tenant's network; may be empty
 * @param named whether an administrator names the addresses, in the VM's metadata or as an {@code
 *     entry}; else a guest was seen to use them, or it is not known
 */
public record Location(MacAddress mac, Vtep vtep, List<IpAddress> addresses, boolean named) {
  /** A machine with addresses that nobody is known to have named. */
  public Location(MacAddress mac, Vtep vtep, List<IpAddress> addresses) {
    this(mac, vtep, addresses, false);
  }

  /** Copies the list. */
  public Location {
    addresses = List.copyOf(addresses);
    named = named && !addresses.isEmpty();
  }
}
