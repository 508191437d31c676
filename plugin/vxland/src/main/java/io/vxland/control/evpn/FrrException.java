package io.vxland.control.evpn;

/** FRR cannot be asked, or what it says is not understood. The message has its own words. */
public final class FrrException extends Exception {
  private static final long serialVersionUID = 1L;

  FrrException(String message) {
    super(message);
  }

  FrrException(String message, Throwable cause) {
    super(message, cause);
  }
}
