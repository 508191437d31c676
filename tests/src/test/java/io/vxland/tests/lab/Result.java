package io.vxland.tests.lab;

import java.util.List;

/**
 * How a command ended.
 *
 * @param command the command and its arguments
 * @param exit the exit code, 0 to 255
 * @param out all of standard output
 * @param err all of standard error
 */
public record Result(List<String> command, int exit, String out, String err) {

  public Result {
    command = List.copyOf(command);
  }

  /** True for exit code 0. */
  public boolean ok() {
    return exit == 0;
  }

  /**
   * Standard output of a command that must succeed.
   *
   * @throws LabException with all that is known if it did not
   */
  public String must() {
    if (!ok()) {
      throw new LabException(toString());
    }
    return out;
  }

  @Override
  public String toString() {
    return "%s%nexit code %d%n%s%s".formatted(String.join(" ", command), exit, out, err);
  }
}
