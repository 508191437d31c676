package io.vxland.model;

/**
 * A text or number that no value of the domain can hold. The message names what was given and what
 * would be right, in words meant for the person who wrote it.
 */
public final class InvalidValueException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates it.
   *
   * @param message what was given and what would be right
   */
  public InvalidValueException(String message) {
    super(message);
  }

  /** Quotes a text of unknown origin for a message: cut at 80 characters, controls replaced. */
  public static String quote(String text) {
    String cut = text.length() > 80 ? text.substring(0, 80) + "..." : text;
    StringBuilder quoted = new StringBuilder(cut.length() + 2).append('\'');
    cut.codePoints().forEach(c -> quoted.appendCodePoint(Character.isISOControl(c) ? '?' : c));
    return quoted.append('\'').toString();
  }
}
