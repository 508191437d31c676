package io.vxland.api;

import java.util.List;

/**
 * A VM's card on this host.
 *
 * @param domain the VM's name
 * @param uuid the VM's UUID
 * @param mac the card's address
 * @param network the network it is plugged into
 * @param vni that network's VNI
 * @param tap the tap device; empty before libvirt has made it
 * @param bridge the bridge
 * @param state where the VM runs, as seen from here
 * @param addresses the card's addresses as far as they are known
 * @param mtu the largest packet that the guest sends by its definition, in bytes; 0 while unknown
 * @param remedy what to write into the {@code <interface>} where that is more than the network
 *     carries; empty where it is not
 * @param security what it must not send: {@code no} for nothing, {@code known} for what belongs to
 *     another port, or {@code strict} for all but its own
 * @param denied how many of its frames were dropped for that
 */
public record Port(
    String domain,
    String uuid,
    String mac,
    String network,
    int vni,
    String tap,
    String bridge,
    State state,
    List<String> addresses,
    int mtu,
    String remedy,
    String security,
    long denied) {

  /** Copies the list. */
  public Port {
    addresses = List.copyOf(addresses);
  }

  /** Where a VM runs, as seen from this host. */
  public enum State {
    /** It is being migrated to this host and still runs elsewhere. */
    INCOMING,
    /** It runs here, or is paused here by its owner. */
    HERE,
    /** It was paused by a migration away from here; it may come back. */
    LEAVING;

    @Override
    public String toString() {
      return Words.of(this);
    }
  }
}
