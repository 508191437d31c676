package io.vxland.plan.ovs;

import io.vxland.model.InterfaceName;
import io.vxland.model.IpAddress;
import io.vxland.model.MacAddress;
import java.util.Optional;

/**
 * Where a switch sends frames of a network, or should.
 *
 * @param mac for which machine; empty: what has no known place
 * @param host which host gets them; empty: this one
 * @param port by which port; empty if there is none yet
 * @param origin who has said so
 * @param wanted whether it should be
 * @param present whether it is
 */
public record Place(
    Optional<MacAddress> mac,
    Optional<IpAddress> host,
    Optional<InterfaceName> port,
    Origin origin,
    boolean wanted,
    boolean present) {

  /** Who has said where a machine is. */
  public enum Origin {
    /** vxland. */
    OURS,
    /** A frame of the machine. */
    LEARNED,
    /** Somebody else. */
    FOREIGN
  }
}
