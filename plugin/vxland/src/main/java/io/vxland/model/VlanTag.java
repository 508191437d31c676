package io.vxland.model;

/**
 * What tells networks apart that share a switch: an IEEE 802.1Q VLAN identifier, 1 to 4094. It
 * never leaves the host; between hosts the VNI takes its place.
 */
public record VlanTag(int id) implements Comparable<VlanTag> {
  private static final int MAX = 4094;

  /** Checks the range. */
  public VlanTag {
    Numbers.inRange("VLAN tag", id, 1, MAX);
  }

  /** Parses decimal digits; anything else is an {@link InvalidValueException}. */
  public static VlanTag parse(String text) {
    return new VlanTag(Numbers.parse("VLAN tag", text, 1, MAX));
  }

  @Override
  public int compareTo(VlanTag other) {
    return Integer.compare(id, other.id);
  }

  @Override
  public String toString() {
    return Integer.toString(id);
  }
}
