package io.vxland.model;

import java.util.Locale;

/** The kinds of network that vxland makes; each has an XML template of that name. */
public enum Template {
  /** A Linux bridge and a kernel VXLAN device per VNI: one layer 2 segment over all hosts. */
  BRIDGE,
  /** An Open vSwitch bridge with tunnel ports: the same segment, for hosts that run it. */
  OVS_TUN;

  private static final InterfaceName SWITCH = new InterfaceName("br-extun");

  /** The bridge of a network of which nothing else is said: {@code br5001}, or {@code br-extun}. */
  public InterfaceName defaultBridge(Vni vni) {
    return this == OVS_TUN ? SWITCH : Network.defaultBridge(vni);
  }

  /** Finds the template of a name as users write it. */
  public static Template parse(String text) {
    for (Template template : values()) {
      if (template.toString().equals(text)) {
        return template;
      }
    }
    throw new InvalidValueException(
        "template " + InvalidValueException.quote(text) + " is unknown; use 'bridge' or 'ovs-tun'");
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
