package io.vxland.plan.ovs;

import io.vxland.model.InvalidValueException;
import io.vxland.model.Vni;
import java.util.Optional;

/**
 * How a restarted daemon knows what is its own in Open vSwitch: by the key {@link #KEY} in {@code
 * external_ids}. On a <b>bridge</b> the value is {@link #BRIDGE}; on a <b>port</b> it names the
 * network, or says that the port is there for all of them. Open vSwitch writes it in the same
 * transaction as the row, so that nothing of ours is ever without. An administrator hands over a
 * bridge with {@code ovs-vsctl br-set-external-id BRIDGE vxland bridge}. A <b>flow</b> of ours
 * bears {@link #COOKIE}.
 */
public final class SwitchOwnership {
  /** The key in {@code external_ids}. */
  public static final String KEY = "vxland";

  /** The value on a bridge. */
  public static final String BRIDGE = "bridge";

  /** The cookie of flows: "vxland" in ASCII. */
  public static final long COOKIE = 0x7678_6c61_6e64L;

  private static final String PORT_PREFIX = "vni=";
  private static final String SHARED = "tunnel";

  /**
   * Whose a port of ours is.
   *
   * @param network the network; empty: that of all networks of its bridge
   */
  public record Owner(Optional<Vni> network) {
    /** All networks of a bridge. */
    public static final Owner ALL = new Owner(Optional.empty());

    /** One network. */
    public static Owner of(Vni network) {
      return new Owner(Optional.of(network));
    }

    /** The value on the port. */
    public String mark() {
      return network.map(vni -> PORT_PREFIX + vni).orElse(SHARED);
    }
  }

  private SwitchOwnership() {}

  /** Whose a port is by its mark; empty if it is somebody else's. */
  public static Optional<Owner> ownerOf(String mark) {
    if (mark.equals(SHARED)) {
      return Optional.of(Owner.ALL);
    }
    if (!mark.startsWith(PORT_PREFIX)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Owner.of(Vni.parse(mark.substring(PORT_PREFIX.length()))));
    } catch (InvalidValueException notOurForm) {
      return Optional.empty();
    }
  }
}
