package io.vxland.netlink4j.model;

/** Ranges that several values share. */
final class Checks {
  private Checks() {}

  static int ifindex(int ifindex) {
    return range("interface index", ifindex, 1, Integer.MAX_VALUE);
  }

  static int range(String what, int value, int min, int max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(what + " " + value + " is not in " + min + ".." + max);
    }
    return value;
  }
}
