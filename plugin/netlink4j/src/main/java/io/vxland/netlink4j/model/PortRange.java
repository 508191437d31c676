package io.vxland.netlink4j.model;

/**
 * A range of UDP ports.
 *
 * @param low first port
 * @param high last port
 */
public record PortRange(int low, int high) {
  public PortRange {
    if (low < 0 || high > 0xffff || low > high) {
      throw new IllegalArgumentException("port range " + low + "-" + high);
    }
  }
}
