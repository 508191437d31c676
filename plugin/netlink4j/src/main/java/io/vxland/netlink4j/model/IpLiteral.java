package io.vxland.netlink4j.model;

import java.util.Arrays;
import java.util.HexFormat;

/** The text forms of IP addresses: dotted decimal, RFC 4291 to read, RFC 5952 to write. */
final class IpLiteral {
  private static final int GROUPS = 8;

  private IpLiteral() {}

  static byte[] parse(String text) {
    byte[] bytes = text.indexOf(':') < 0 ? v4(text, text) : v6(text);
    return bytes;
  }

  static String format(IpAddress address) {
    return address.isV6() ? formatV6(address) : formatV4(address);
  }

  private static IllegalArgumentException refuse(String text) {
    return new IllegalArgumentException("not an IP address: '" + text + "'");
  }

  private static byte[] v4(String part, String whole) {
    String[] numbers = part.split("\\.", -1);
    if (numbers.length != 4) {
      throw refuse(whole);
    }
    byte[] bytes = new byte[4];
    for (int i = 0; i < 4; i++) {
      bytes[i] = (byte) octet(numbers[i], whole);
    }
    return bytes;
  }

  private static int octet(String digits, String whole) {
    boolean leadingZero = digits.length() > 1 && digits.charAt(0) == '0';
    if (digits.isEmpty() || digits.length() > 3 || leadingZero) {
      throw refuse(whole);
    }
    int value = 0;
    for (int i = 0; i < digits.length(); i++) {
      char c = digits.charAt(i);
      if (c < '0' || c > '9') {
        throw refuse(whole);
      }
      value = value * 10 + (c - '0');
    }
    if (value > 255) {
      throw refuse(whole);
    }
    return value;
  }

  private static byte[] v6(String text) {
    int gap = text.indexOf("::");
    if (gap < 0) {
      byte[] all = groups(text, text);
      if (all.length != 2 * GROUPS) {
        throw refuse(text);
      }
      return all;
    }
    byte[] head = groups(text.substring(0, gap), text);
    byte[] tail = groups(text.substring(gap + 2), text);
    // The gap stands for at least one group, and dots may stand at the end of the whole only.
    if (head.length + tail.length > 2 * (GROUPS - 1) || text.substring(0, gap).indexOf('.') >= 0) {
      throw refuse(text);
    }
    byte[] all = Arrays.copyOf(head, 2 * GROUPS);
    System.arraycopy(tail, 0, all, all.length - tail.length, tail.length);
    return all;
  }

  private static byte[] groups(String part, String whole) {
    if (part.isEmpty()) {
      return new byte[0];
    }
    String[] words = part.split(":", -1);
    if (words.length > GROUPS) {
      throw refuse(whole);
    }
    byte[] bytes = new byte[2 * GROUPS + 2];
    int length = 0;
    for (int i = 0; i < words.length; i++) {
      if (i == words.length - 1 && words[i].indexOf('.') >= 0) {
        System.arraycopy(v4(words[i], whole), 0, bytes, length, 4);
        length += 4;
      } else {
        int value = group(words[i], whole);
        bytes[length++] = (byte) (value >> 8);
        bytes[length++] = (byte) value;
      }
    }
    return Arrays.copyOf(bytes, length);
  }

  private static int group(String digits, String whole) {
    if (digits.isEmpty() || digits.length() > 4) {
      throw refuse(whole);
    }
    for (int i = 0; i < digits.length(); i++) {
      if (!HexFormat.isHexDigit(digits.charAt(i))) {
        throw refuse(whole);
      }
    }
    return HexFormat.fromHexDigits(digits);
  }

  private static String formatV4(IpAddress address) {
    return (address.byteAt(0) & 0xff)
        + "."
        + (address.byteAt(1) & 0xff)
        + "."
        + (address.byteAt(2) & 0xff)
        + "."
        + (address.byteAt(3) & 0xff);
  }

  private static String formatV6(IpAddress address) {
    int[] groups = new int[GROUPS];
    for (int i = 0; i < GROUPS; i++) {
      groups[i] = ((address.byteAt(2 * i) & 0xff) << 8) | (address.byteAt(2 * i + 1) & 0xff);
    }
    int start = -1;
    int longest = 1;
    for (int i = 0; i < GROUPS; i++) {
      int run = zeros(groups, i);
      if (run > longest) {
        start = i;
        longest = run;
      }
    }
    StringBuilder text = new StringBuilder(39);
    for (int i = 0; i < GROUPS; i++) {
      if (i == start) {
        text.append("::");
        i += longest - 1;
      } else {
        if (i > 0 && text.charAt(text.length() - 1) != ':') {
          text.append(':');
        }
        text.append(Integer.toHexString(groups[i]));
      }
    }
    return text.toString();
  }

  private static int zeros(int[] groups, int from) {
    int run = 0;
    while (from + run < GROUPS && groups[from + run] == 0) {
      run++;
    }
    return run;
  }
}
