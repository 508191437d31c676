package io.vxland.json;

/** Bytes that are not the JSON of the record that was expected; the message says where and why. */
public final class MalformedJsonException extends Exception {
  private static final long serialVersionUID = 1L;

  MalformedJsonException(String message, Throwable cause) {
    super(message, cause);
  }
}
