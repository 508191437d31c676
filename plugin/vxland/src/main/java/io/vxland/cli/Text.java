package io.vxland.cli;

/** Words for people. */
final class Text {
  private Text() {}

  /** Without control characters: names of VMs and words of others end on a terminal. */
  static String clean(String text) {
    StringBuilder clean = new StringBuilder(text.length());
    text.codePoints().forEach(c -> clean.appendCodePoint(Character.isISOControl(c) ? '?' : c));
    return clean.toString();
  }

  static String orDash(String text) {
    return text.isEmpty() ? "-" : clean(text);
  }

  static String yesNo(boolean value) {
    return value ? "yes" : "no";
  }

  /** A number that is 0 if it is not known. */
  static String orDash(int value) {
    return value == 0 ? "-" : Integer.toString(value);
  }

  /** A time in its two greatest units. */
  static String duration(long seconds) {
    if (seconds < 60) {
      return seconds + "s";
    }
    if (seconds < 3600) {
      return seconds / 60 + "m " + seconds % 60 + "s";
    }
    if (seconds < 86_400) {
      return seconds / 3600 + "h " + seconds % 3600 / 60 + "m";
    }
    return seconds / 86_400 + "d " + seconds % 86_400 / 3600 + "h";
  }

  /** "1 network", "2 networks". */
  static String count(int number, String one, String many) {
    return number + " " + (number == 1 ? one : many);
  }
}
