package io.vxland.netlink4j.model;

/**
 * An IP address of a link.
 *
 * @param ifindex the link
 * @param address the link's own address and its prefix length
 * @param peer the other end of a point-to-point link; null for none
 * @param broadcast IPv4's broadcast address; null for none
 * @param label IPv4's label, such as {@code eth0:1}; empty for none
 * @param scope {@code RT_SCOPE_*}: 0 universe, 253 link, 254 host
 * @param flags {@code IFA_F_*}
 * @param preferredSeconds how long it is used for new flows; {@link #FOREVER}
 * @param validSeconds how long it stays; {@link #FOREVER}
 * @param protocol who wrote it, {@code IFA_PROTO}; 0 for unsaid. Linux 5.18 or newer
 */
public record InterfaceAddress(
    int ifindex,
    IpPrefix address,
    IpAddress peer,
    IpAddress broadcast,
    String label,
    int scope,
    int flags,
    long preferredSeconds,
    long validSeconds,
    int protocol)
    implements Subject {
  /** A lifetime without end, {@code INFINITY_LIFE_TIME}. */
  public static final long FOREVER = 0xffffffffL;

  /** {@code IFAPROT_KERNEL_LL}: the protocol of link-local addresses that the kernel made. */
  public static final int KERNEL_LINK_LOCAL = 3;

  /** {@code IFA_F_NODAD}: no duplicate address detection. */
  public static final int NODAD = 0x02;

  /** {@code IFA_F_TENTATIVE}: duplicate address detection is running. */
  public static final int TENTATIVE = 0x40;

  /** {@code IFA_F_PERMANENT}, as reported. */
  public static final int PERMANENT = 0x80;

  /** {@code IFA_F_NOPREFIXROUTE}: makes no route for its prefix. */
  public static final int NOPREFIXROUTE = 0x200;

  public InterfaceAddress {
    Checks.ifindex(ifindex);
    Checks.range("scope", scope, 0, 0xff);
    Checks.range("protocol", protocol, 0, 0xff);
    if (preferredSeconds < 0 || preferredSeconds > validSeconds || validSeconds > FOREVER) {
      throw new IllegalArgumentException(
          "lifetimes of " + preferredSeconds + " and " + validSeconds + " s");
    }
  }

  /** An address that stays. */
  public static InterfaceAddress of(int ifindex, IpPrefix address) {
    return new InterfaceAddress(ifindex, address, null, null, "", 0, 0, FOREVER, FOREVER, 0);
  }

  public InterfaceAddress withFlags(int value) {
    return new InterfaceAddress(
        ifindex,
        address,
        peer,
        broadcast,
        label,
        scope,
        value,
        preferredSeconds,
        validSeconds,
        protocol);
  }

  public InterfaceAddress withScope(int value) {
    return new InterfaceAddress(
        ifindex,
        address,
        peer,
        broadcast,
        label,
        value,
        flags,
        preferredSeconds,
        validSeconds,
        protocol);
  }

  public InterfaceAddress withProtocol(int value) {
    return new InterfaceAddress(
        ifindex,
        address,
        peer,
        broadcast,
        label,
        scope,
        flags,
        preferredSeconds,
        validSeconds,
        value);
  }
}
