package io.vxland.ovsdb;

import java.util.Optional;

/**
 * Something that the database did not do, or that stands otherwise in the way. The message says
 * what was tried, on what, and the server's own words.
 */
public final class OvsdbException extends Exception {
  private static final long serialVersionUID = 1L;
  private static final int MAX_WORDS = 2000;

  private final String tried;
  private final String words;
  private final String error;
  private final String details;

  private OvsdbException(String tried, String words, String error, String details) {
    super(tried + ": " + words);
    this.tried = tried;
    this.words = words;
    this.error = error;
    this.details = details;
  }

  /**
   * Something that is not the server's answer.
   *
   * @param tried what was tried, and on what
   * @param words what stands in the way
   */
  public OvsdbException(String tried, String words) {
    this(tried, words, null, null);
  }

  OvsdbException(String tried, String words, Throwable cause) {
    this(tried, words);
    initCause(cause);
  }

  /** The server's answer; the details may be empty. */
  static OvsdbException refused(String tried, String error, String details) {
    String shortError = Quote.line(error, MAX_WORDS);
    String shortDetails = Quote.line(details, MAX_WORDS);
    return new OvsdbException(
        tried,
        shortDetails.isEmpty() ? shortError : shortError + ": " + shortDetails,
        shortError,
        shortDetails);
  }

  /** What was tried, and on what. */
  public String tried() {
    return tried;
  }

  /** The server's own words, or what stands in the way. */
  public String words() {
    return words;
  }

  /**
   * The server's name for what is wrong, such as {@code constraint violation} (RFC 7047, 3.1);
   * empty if the error is not the server's.
   */
  public Optional<String> error() {
    return Optional.ofNullable(error);
  }

  /** What the server says to it; empty if it says nothing, or if the error is not the server's. */
  public Optional<String> details() {
    return Optional.ofNullable(details).filter(text -> !text.isEmpty());
  }
}
