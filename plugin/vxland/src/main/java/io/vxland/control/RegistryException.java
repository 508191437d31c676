package io.vxland.control;

/** A network cannot be defined or deleted for all hosts: why, and what would be right. */
public final class RegistryException extends Exception {
  private static final long serialVersionUID = 1L;

  private final boolean conflict;

  private RegistryException(boolean conflict, String message) {
    super(message);
    this.conflict = conflict;
  }

  /** Somebody else has what was asked for. */
  public static RegistryException conflict(String message) {
    return new RegistryException(true, message);
  }

  /** Nobody answers. */
  public static RegistryException unavailable(String message) {
    return new RegistryException(false, message);
  }

  /** Whether it is no use to try again. */
  public boolean isConflict() {
    return conflict;
  }
}
