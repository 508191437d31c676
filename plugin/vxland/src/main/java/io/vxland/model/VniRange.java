package io.vxland.model;

/**
 * VNIs without a gap.
 *
 * @param first the lowest
 * @param last the highest
 */
public record VniRange(Vni first, Vni last) {
  /** Every one. */
  public static final VniRange ALL = new VniRange(new Vni(1), new Vni(Vni.MAX));

  /** Refuses one without any. */
  public VniRange {
    if (first.compareTo(last) > 0) {
      throw new InvalidValueException("VNI range " + first + "-" + last + " ends before it begins");
    }
  }

  /**
   * Reads {@code 10000-65535}.
   *
   * @throws InvalidValueException if it is no range of VNIs
   */
  public static VniRange parse(String text) {
    int dash = text.indexOf('-');
    if (dash < 0) {
      throw new InvalidValueException(
          InvalidValueException.quote(text) + " is not a VNI range, such as 10000-65535");
    }
    return new VniRange(
        Vni.parse(text.substring(0, dash).strip()), Vni.parse(text.substring(dash + 1).strip()));
  }

  /** Whether a VNI is one of them. */
  public boolean contains(Vni vni) {
    return first.compareTo(vni) <= 0 && vni.compareTo(last) <= 0;
  }

  @Override
  public String toString() {
    return first + "-" + last;
  }
}
