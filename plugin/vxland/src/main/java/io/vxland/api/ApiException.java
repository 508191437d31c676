package io.vxland.api;

/** A request that was not done, with the reason in words for the administrator. */
public final class ApiException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Why, for programs. */
  public enum Kind {
    /** The request itself is wrong. */
    BAD_REQUEST,
    /** The caller may not do this. */
    FORBIDDEN,
    /** There is no such thing. */
    NOT_FOUND,
    /** The path is right, the method is not. */
    WRONG_METHOD,
    /** The caller took too long to send the request. */
    TOO_SLOW,
    /** It contradicts something that exists. */
    CONFLICT,
    /** A limit is exceeded. */
    TOO_LARGE,
    /** Something that is needed does not answer now; later it may work. */
    UNAVAILABLE,
    /** A bug in the daemon; its log says more. */
    INTERNAL;

    @Override
    public String toString() {
      return Words.of(this);
    }
  }

  private final Kind kind;

  /**
   * Creates it.
   *
   * @param kind why
   * @param message what was not done, why, and what to do
   */
  public ApiException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  /**
   * Creates it with the failure behind it, which goes to the log and not to the caller.
   *
   * @param kind why
   * @param message what was not done, why, and what to do
   * @param cause the failure behind it
   */
  public ApiException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  /** Why, for programs. */
  public Kind kind() {
    return kind;
  }
}
