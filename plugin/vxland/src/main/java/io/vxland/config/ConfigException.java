package io.vxland.config;

import java.util.List;
import java.util.stream.Collectors;

/** The configuration cannot be used; carries every problem, in the order of files and lines. */
public final class ConfigException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient List<Problem> problems;

  /**
   * Creates it.
   *
   * @param problems at least one
   */
  public ConfigException(List<Problem> problems) {
    super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
    this.problems = List.copyOf(problems);
  }

  /** Every problem, in the order of files and lines. */
  public List<Problem> problems() {
    return problems;
  }
}
