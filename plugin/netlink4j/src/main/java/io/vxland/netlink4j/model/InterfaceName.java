package io.vxland.netlink4j.model;

import java.nio.charset.StandardCharsets;

/** The kernel's rule for device names ({@code dev_valid_name}). */
final class InterfaceName {
  /** {@code IFNAMSIZ} less its NUL. */
  private static final int MAX_BYTES = 15;

  private InterfaceName() {}

  static String check(String name) {
    boolean valid =
        !name.isEmpty()
            && name.getBytes(StandardCharsets.UTF_8).length <= MAX_BYTES
            && !name.equals(".")
            && !name.equals("..")
            && name.chars().noneMatch(c -> c == '/' || c == ':' || c == 0 || isSpace(c));
    if (!valid) {
      throw new IllegalArgumentException("not a device name: '" + name + "'");
    }
    return name;
  }

  private static boolean isSpace(int c) {
    return c == ' ' || (c >= '\t' && c <= '\r') || c == 0xa0;
  }
}
