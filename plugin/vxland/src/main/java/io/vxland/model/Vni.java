package io.vxland.model;

/**
 * A VXLAN network identifier, 1 to 16777215 (RFC 7348, section 5; 0 is left out because the kernel
 * takes it for "any").
 */
public record Vni(int value) implements Comparable<Vni> {
  /** The highest. */
  public static final int MAX = 0xFF_FFFF;

  /** Checks the range. */
  public Vni {
    Numbers.inRange("VNI", value, 1, MAX);
  }

  /** Parses decimal digits; anything else is an {@link InvalidValueException}. */
  public static Vni parse(String text) {
    return new Vni(Numbers.parse("VNI", text, 1, MAX));
  }

  @Override
  public int compareTo(Vni other) {
    return Integer.compare(value, other.value);
  }

  @Override
  public String toString() {
    return Integer.toString(value);
  }
}
