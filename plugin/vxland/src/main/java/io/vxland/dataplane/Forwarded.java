package io.vxland.dataplane;

import io.vxland.model.MacAddress;
import io.vxland.plan.ActualState.Destination;

/**
 * An entry of a VXLAN device's FDB.
 *
 * @param mac the machine, or zero for the replication list
 * @param destination where its frames go
 * @param origin who made it
 */
public record Forwarded(MacAddress mac, Destination destination, Origin origin) {
  /** Who made an entry. */
  public enum Origin {
    /** vxland. */
    OURS,
    /** The kernel, from a frame that it received. */
    LEARNED,
    /** Somebody else. */
    FOREIGN
  }
}
