package io.vxland.api.server;

/** The socket could not be served; the message says which, why, and what to do. */
public final class ApiServerException extends Exception {
  private static final long serialVersionUID = 1L;

  ApiServerException(String message) {
    super(message);
  }

  ApiServerException(String message, Throwable cause) {
    super(message, cause);
  }
}
