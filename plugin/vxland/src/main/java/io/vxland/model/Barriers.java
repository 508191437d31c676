package io.vxland.model;

/**
 * What libvirt keeps a NIC from, beside its network (libvirt, formatdomain: {@code port} and {@code
 * filterref}).
 *
 * @param isolated {@code <port isolated='yes'/>}: from the network's other isolated ports
 * @param filtered {@code <filterref/>}: from what rules of nwfilter drop
 */
public record Barriers(boolean isolated, boolean filtered) {
  /** From nothing. */
  public static final Barriers NONE = new Barriers(false, false);
}
