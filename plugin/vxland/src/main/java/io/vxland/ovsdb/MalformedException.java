package io.vxland.ovsdb;

/** What the server sent is not OVSDB. The message says what, and what would be right. */
final class MalformedException extends Exception {
  private static final long serialVersionUID = 1L;

  MalformedException(String message) {
    super(message);
  }

  MalformedException(String message, Throwable cause) {
    super(message, cause);
  }
}
