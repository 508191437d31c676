package io.vxland.dataplane;

/** The data plane could not be read or spoken to; the message has the kernel's words. */
public final class DataplaneException extends Exception {
  private static final long serialVersionUID = 1L;

  /**
   * Creates it.
   *
   * @param message what was tried, and the words of the program that did it
   */
  public DataplaneException(String message) {
    super(message);
  }

  /**
   * Creates it.
   *
   * @param message what was tried, and the kernel's words
   * @param cause the driver's own exception
   */
  public DataplaneException(String message, Throwable cause) {
    super(message, cause);
  }
}
