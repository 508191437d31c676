package io.vxland.os;

/** An announcement could not be sent; the message has what was tried and the kernel's words. */
public final class AnnounceException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int errno;

  AnnounceException(String message, int errno, Throwable cause) {
    super(message, cause);
    this.errno = errno;
  }

  /** The kernel's number for what went wrong (errno(3)). */
  public int errno() {
    return errno;
  }
}
