package io.vxland.openflow;

import java.util.Optional;

/** What a switch refused, or a connection that is no more. The message says what was tried. */
public final class OpenFlowException extends Exception {
  private final transient SwitchError error;

  private OpenFlowException(String message, SwitchError error, Throwable cause) {
    super(message, cause);
    this.error = error;
  }

  static OpenFlowException refused(String tried, SwitchError error, String more) {
    return new OpenFlowException(
        tried + ": the switch refused it: " + error.name() + more, error, null);
  }

  static OpenFlowException lost(String tried, String why, Throwable cause) {
    return new OpenFlowException(tried + ": " + why, null, cause);
  }

  /**
   * What the switch said, if it refused; the connection stands. Without it the connection is
   * closed, and what the switch did is not known.
   */
  public Optional<SwitchError> error() {
    return Optional.ofNullable(error);
  }
}
