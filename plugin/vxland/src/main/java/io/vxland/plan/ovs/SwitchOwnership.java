package io.vxland.plan.ovs;

import io.vxland.model.InvalidValueException;
import io.vxland.model.Vni;
import java.util.Optional;

/**
 * How a restarted daemon knows what is its own in Open vSwitch: by the key {@link #KEY} in {@code
 * external_ids}. On a <b>bridge</b> the value is {@link #BRIDGE}; on a <b>port</b> it names the
 * network. Open vSwitch writes it in the same transaction as the row, so that nothing of ours is
 * ever without. An administrator hands over a bridge with {@code ovs-vsctl br-set-external-id
 * BRIDGE vxland bridge}.
 */
public final class SwitchOwnership {
  /** The key in {@code external_ids}. */
  public static final String KEY = "vxland";

  /** The value on a bridge. */
  public static final String BRIDGE = "bridge";

  private static final String PORT_PREFIX = "vni=";

  private SwitchOwnership() {}

  /** The value on the ports of a network. */
  public static String port(Vni vni) {
    return PORT_PREFIX + vni;
  }

  /** The network of a port by its mark; empty if it is somebody else's. */
  public static Optional<Vni> vniOf(String mark) {
    if (!mark.startsWith(PORT_PREFIX)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Vni.parse(mark.substring(PORT_PREFIX.length())));
    } catch (InvalidValueException notOurForm) {
      return Optional.empty();
    }
  }
}
