package io.vxland.api;

/**
 * A network in one line.
 *
 * @param name its name
 * @param vni its VXLAN network identifier
 * @param template the kind of data plane, such as {@code bridge}
 * @param bridge the bridge that VMs plug into; empty for a bare VXLAN device
 * @param vxlan the VXLAN device
 * @param mtu of bridge, VXLAN device and taps, in bytes; 0 if not known
 * @param udpPort the tunnel's UDP port
 * @param state whether libvirt has it active, or the configuration made it
 * @param autostart whether libvirt starts it when the host boots
 * @param localPorts cards of VMs on this host that are plugged into it
 * @param peers hosts that it reaches
 * @param inSync whether the kernel has all of it
 */
public record NetworkSummary(
    String name,
    int vni,
    String template,
    String bridge,
    String vxlan,
    int mtu,
    int udpPort,
    State state,
    boolean autostart,
    int localPorts,
    int peers,
    boolean inSync) {

  /** Where a network comes from, and whether it is on. */
  public enum State {
    /** libvirt's, and started. */
    ACTIVE,
    /** libvirt's, and not started. */
    INACTIVE,
    /** The configuration's, without libvirt; always on. */
    CONFIGURATION;

    @Override
    public String toString() {
      return Words.of(this);
    }
  }
}
