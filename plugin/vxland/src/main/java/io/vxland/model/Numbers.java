package io.vxland.model;

/** Strict decimal numbers: ASCII digits only; no sign, space, exponent or leading zero. */
public final class Numbers {
  private Numbers() {}

  /**
   * Parses a whole number.
   *
   * @param what the thing's name, for the message
   * @param text the digits
   * @param min the least value that is right
   * @param max the greatest value that is right
   * @throws InvalidValueException if the text is anything else, naming the text and the range
   */
  public static int parse(String what, String text, int min, int max) {
    return (int) parseLong(what, text, min, max);
  }

  /** The same of numbers of up to ten digits that an int does not hold. */
  public static long parseLong(String what, String text, long min, long max) {
    long value = 0;
    boolean wellFormed =
        !text.isEmpty() && text.length() <= 10 && (text.length() == 1 || text.charAt(0) != '0');
    for (int i = 0; wellFormed && i < text.length(); i++) {
      int digit = text.charAt(i) - '0';
      wellFormed = digit >= 0 && digit <= 9;
      value = value * 10 + digit;
    }
    if (!wellFormed || value < min || value > max) {
      throw new InvalidValueException(
          what
              + " "
              + InvalidValueException.quote(text)
              + " is not a number from "
              + min
              + " to "
              + max);
    }
    return value;
  }

  /** Returns {@code value} if it lies in the range, or throws {@link InvalidValueException}. */
  static int inRange(String what, int value, int min, int max) {
    if (value < min || value > max) {
      throw new InvalidValueException(what + " " + value + " is not from " + min + " to " + max);
    }
    return value;
  }
}
