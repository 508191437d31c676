package io.vxland.netlink4j.model;

/**
 * An address with a prefix length. Bits after the prefix are kept, for interface addresses have
 * them.
 *
 * @param address any address
 * @param length 0 to 32 or 128 bits
 */
public record IpPrefix(IpAddress address, int length) {
  public IpPrefix {
    if (length < 0 || length > address.bitLength()) {
      throw new IllegalArgumentException("prefix of " + length + " bits for " + address);
    }
  }

  /** The address alone: /32 or /128. */
  public static IpPrefix host(IpAddress address) {
    return new IpPrefix(address, address.bitLength());
  }

  /** 0.0.0.0/0. */
  public static IpPrefix defaultV4() {
    return new IpPrefix(IpAddress.v4(0), 0);
  }

  /** ::/0. */
  public static IpPrefix defaultV6() {
    return new IpPrefix(IpAddress.v6(0, 0), 0);
  }

  @Override
  public String toString() {
    return address + "/" + length;
  }
}
