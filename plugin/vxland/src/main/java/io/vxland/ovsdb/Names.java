package io.vxland.ovsdb;

import java.util.regex.Pattern;

/** Names of tables, columns and rows to be (RFC 7047, 3.1: {@code <id>}). */
final class Names {
  private static final Pattern ID = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,254}");

  private Names() {}

  static boolean isName(String name) {
    return ID.matcher(name).matches();
  }

  static String require(String name) {
    if (!isName(name)) {
      throw new IllegalArgumentException(
          "a name of letters, digits and _ is wanted, that does not begin with a digit: "
              + Quote.of(name));
    }
    return name;
  }
}
