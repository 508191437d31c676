package io.vxland.model;

/**
 * An address with the length of its subnet, such as 10.1.0.1/24.
 *
 * @param address the address, host bits included
 * @param length the subnet's length in bits, up to 32 or 128
 */
public record Prefix(IpAddress address, int length) implements Comparable<Prefix> {
  /** Checks the length against the family. */
  public Prefix {
    Numbers.inRange("prefix length", length, 0, address.family().bits());
  }

  /** Parses ADDRESS/LENGTH; without a length it is the address alone (/32 or /128). */
  public static Prefix parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      IpAddress address = IpAddress.parse(text);
      return new Prefix(address, address.family().bits());
    }
    IpAddress address = IpAddress.parse(text.substring(0, slash));
    return new Prefix(
        address,
        Numbers.parse("prefix length", text.substring(slash + 1), 0, address.family().bits()));
  }

  /** The address with no bits beyond the length. */
  public IpAddress first() {
    return masked(address, length);
  }

  /** Whether an address, of the same family, is in the subnet. */
  public boolean contains(IpAddress other) {
    return other.family() == address.family() && masked(other, length).equals(first());
  }

  private static IpAddress masked(IpAddress address, int length) {
    int host = address.family().bits() - length;
    return new IpAddress(
        address.family(), cleared(address.high(), host - 64), cleared(address.low(), host));
  }

  /** A word without its lowest bits; a count below 0 or above 64 is none or all of them. */
  private static long cleared(long word, int bits) {
    if (bits <= 0) {
      return word;
    }
    return bits >= 64 ? 0 : (word >>> bits) << bits;
  }

  @Override
  public int compareTo(Prefix other) {
    int byAddress = address.compareTo(other.address);
    return byAddress != 0 ? byAddress : Integer.compare(length, other.length);
  }

  @Override
  public String toString() {
    return address + "/" + length;
  }
}
