package io.vxland.model;

import java.nio.charset.StandardCharsets;

/**
 * The name of a network device: 1 to 15 bytes of UTF-8 without slash, colon, spaces and controls,
 * and neither "." nor ".." (the kernel's dev_valid_name, which also takes controls). To the kernel
 * the byte 0xA0 is a space, also as a part of a letter, such as the last of U+00E0.
 */
public record InterfaceName(String value) implements Comparable<InterfaceName> {
  /** IFNAMSIZ of linux/if.h, without the closing NUL. */
  private static final int MAX_LENGTH = 15;

  /** Checks the name. */
  public InterfaceName {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    boolean wellFormed =
        !value.isEmpty()
            && bytes.length <= MAX_LENGTH
            && !value.equals(".")
            && !value.equals("..")
            && value.codePoints().noneMatch(InterfaceName::isNoPart)
            && !has(bytes, (byte) 0xA0);
    if (!wellFormed) {
      throw new InvalidValueException(
          "interface name "
              + InvalidValueException.quote(value)
              + " is not 1 to 15 bytes long, without spaces, '/', ':' and control characters");
    }
  }

  /** U+FFFD comes of bytes that are no text. */
  private static boolean isNoPart(int c) {
    return c <= ' '
        || Character.isISOControl(c)
        || c == '/'
        || c == ':'
        || c == 0xFFFD
        || Character.getType(c) == Character.SURROGATE;
  }

  private static boolean has(byte[] bytes, byte wanted) {
    for (byte each : bytes) {
      if (each == wanted) {
        return true;
      }
    }
    return false;
  }

  @Override
  public int compareTo(InterfaceName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
