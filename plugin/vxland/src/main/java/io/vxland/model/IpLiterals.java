package io.vxland.model;

/**
 * Text of addresses. The JDK's own parser is not used: it takes "1" for 0.0.0.1, "10.0.0.08" for
 * 10.0.0.8, and asks DNS for what it does not know.
 */
final class IpLiterals {
  private static final int GROUPS = 8;

  private IpLiterals() {}

  /**
   * Parses a dotted quad without leading zeros, or an IPv6 literal (RFC 4291, section 2.2) without
   * zone.
   */
  static IpAddress parse(String text) {
    IpAddress address = text.indexOf(':') >= 0 ? v6(text) : v4(text);
    if (address == null) {
      throw new InvalidValueException(
          InvalidValueException.quote(text)
              + " is not an IPv4 or IPv6 address (host names are not looked up)");
    }
    return address;
  }

  private static IpAddress v4(String text) {
    String[] parts = text.split("\\.", -1);
    if (parts.length != 4) {
      return null;
    }
    long bits = 0;
    for (String part : parts) {
      int octet = digits(part, 10, 3);
      if (octet < 0 || octet > 255 || (part.length() > 1 && part.charAt(0) == '0')) {
        return null;
      }
      bits = bits << 8 | octet;
    }
    return new IpAddress(IpAddress.Family.V4, 0, bits);
  }

  private static IpAddress v6(String text) {
    if (text.length() > 45) {
      return null;
    }
    int gap = text.indexOf("::");
    if (gap < 0) {
      int[] groups = groups(text, GROUPS);
      return groups != null && groups.length == GROUPS ? v6(groups) : null;
    }
    // An embedded IPv4 address is the last thing in a literal.
    int[] head = text.lastIndexOf('.', gap) < 0 ? groups(text.substring(0, gap), GROUPS - 1) : null;
    int[] tail = groups(text.substring(gap + 2), GROUPS - 1);
    if (head == null || tail == null || head.length + tail.length > GROUPS - 1) {
      return null;
    }
    int[] groups = new int[GROUPS];
    System.arraycopy(head, 0, groups, 0, head.length);
    System.arraycopy(tail, 0, groups, GROUPS - tail.length, tail.length);
    return v6(groups);
  }

  private static int[] groups(String text, int max) {
    if (text.isEmpty()) {
      return new int[0];
    }
    String[] parts = text.split(":", -1);
    String last = parts[parts.length - 1];
    IpAddress embedded = last.indexOf('.') >= 0 ? v4(last) : null;
    int count = parts.length + (embedded != null ? 1 : 0);
    if (count > max) {
      return null;
    }
    int[] groups = new int[count];
    for (int i = 0; i < parts.length - (embedded != null ? 1 : 0); i++) {
      groups[i] = digits(parts[i], 16, 4);
      if (groups[i] < 0) {
        return null;
      }
    }
    if (embedded != null) {
      groups[count - 2] = (int) (embedded.low() >>> 16);
      groups[count - 1] = (int) embedded.low() & 0xFFFF;
    }
    return groups;
  }

  private static IpAddress v6(int[] groups) {
    long high = 0;
    long low = 0;
    for (int i = 0; i < 4; i++) {
      high = high << 16 | groups[i];
      low = low << 16 | groups[i + 4];
    }
    return new IpAddress(IpAddress.Family.V6, high, low);
  }

  private static int digits(String text, int radix, int maxLength) {
    if (text.isEmpty() || text.length() > maxLength) {
      return -1;
    }
    int value = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      int digit = c < 128 ? Character.digit(c, radix) : -1;
      if (digit < 0) {
        return -1;
      }
      value = value * radix + digit;
    }
    return value;
  }

  static String format(IpAddress address) {
    if (address.family() == IpAddress.Family.V4) {
      long bits = address.low();
      return (bits >>> 24)
          + "."
          + (bits >>> 16 & 255)
          + "."
          + (bits >>> 8 & 255)
          + "."
          + (bits & 255);
    }
    int[] groups = new int[GROUPS];
    for (int i = 0; i < 4; i++) {
      groups[i] = (int) (address.high() >>> (48 - 16 * i)) & 0xFFFF;
      groups[i + 4] = (int) (address.low() >>> (48 - 16 * i)) & 0xFFFF;
    }
    int runStart = -1;
    int runLength = 1;
    for (int i = 0; i < GROUPS; i++) {
      int end = i;
      while (end < GROUPS && groups[end] == 0) {
        end++;
      }
      if (end - i > runLength) {
        runStart = i;
        runLength = end - i;
      }
    }
    StringBuilder text = new StringBuilder(39);
    for (int i = 0; i < GROUPS; i++) {
      if (i == runStart) {
        text.append("::");
        i += runLength - 1;
      } else {
        if (text.length() > 0 && text.charAt(text.length() - 1) != ':') {
          text.append(':');
        }
        text.append(Integer.toHexString(groups[i]));
      }
    }
    return text.toString();
  }
}
