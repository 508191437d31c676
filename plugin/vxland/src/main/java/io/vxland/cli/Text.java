package io.vxland.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Words for people. */
final class Text {
  private Text() {}

  /**
   * Without what steers a terminal or turns text round: names of VMs and words of others end on a
   * terminal.
   */
  static String clean(String text) {
    StringBuilder clean = new StringBuilder(text.length());
    text.codePoints().forEach(c -> clean.appendCodePoint(steers(c) ? '?' : c));
    return clean.toString();
  }

  private static boolean steers(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      default -> false;
    };
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

  /** A duration in ms that is 0 if it is not known. */
  static String orDash(double millis) {
    return millis == 0 ? "-" : millis(millis);
  }

  /** A duration in ms, to three or four digits. */
  static String millis(double millis) {
    if (millis < 10) {
      return String.format(Locale.ROOT, "%.3f ms", millis);
    }
    if (millis < 1000) {
      return String.format(Locale.ROOT, "%.1f ms", millis);
    }
    return millis < 60_000
        ? String.format(Locale.ROOT, "%.3f s", millis / 1000)
        : duration((long) (millis / 1000));
  }

  /**
   * Breaks clean text into lines, between words where it can.
   *
   * @param width most characters of a line
   */
  static List<String> wrap(String text, int width) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : clean(text).split(" ", -1)) {
      String rest = word;
      if (!line.isEmpty() && length(line) + 1 + length(rest) > width) {
        lines.add(line.toString());
        line.setLength(0);
      }
      while (length(rest) > width) {
        int end = rest.offsetByCodePoints(0, width);
        lines.add(rest.substring(0, end));
        rest = rest.substring(end);
      }
      line.append(line.isEmpty() ? "" : " ").append(rest);
    }
    lines.add(line.toString());
    return lines;
  }

  private static int length(CharSequence text) {
    return Character.codePointCount(text, 0, text.length());
  }

  /** "1 network", "2 networks". */
  static String count(long number, String one, String many) {
    return number + " " + (number == 1 ? one : many);
  }
}
