package io.vxland.ovsdb;

/** Puts what others wrote into a message: short, on one line, in quotes. */
final class Quote {
  private static final int MAX = 120;

  private Quote() {}

  static String of(String text) {
    return "'" + line(text, MAX) + "'";
  }

  /** The text on one line, at most so many characters. */
  static String line(String text, int max) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < text.length() && i < max; i++) {
      char c = text.charAt(i);
      line.append(Character.isISOControl(c) || Character.isSurrogate(c) ? '?' : c);
    }
    return text.length() > max ? line + "..." : line.toString();
  }
}
