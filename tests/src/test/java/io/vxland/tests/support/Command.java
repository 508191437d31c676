package io.vxland.tests.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs commands, each with a bound: one that does not end is killed and fails the test. */
public final class Command {
  private static final Duration BOUND = Duration.ofSeconds(60);

  private Command() {}

  /**
   * What a command said.
   *
   * @param exit its exit status
   * @param output what it wrote to standard output and standard error
   */
  public record Result(int exit, String output) {}

  /** Runs a command that must succeed; its standard output and error. */
  public static String run(String... command) {
    return run(BOUND, List.of(command));
  }

  /** Runs a command that must succeed within a time. */
  public static String run(Duration bound, List<String> command) {
    Result result = tryRun(bound, command);
    if (result.exit() != 0) {
      throw new AssertionError(
          String.join(" ", command) + " ended with " + result.exit() + ": " + result.output());
    }
    return result.output();
  }

  /** Runs a command that may fail, but must end. */
  public static Result tryRun(Duration bound, List<String> command) {
    return Spent.on(Spent.On.COMMANDS, () -> awaited(bound, command));
  }

  private static Result awaited(Duration bound, List<String> command) {
    try {
      Path output = Files.createTempFile("vxland-test", ".out");
      try {
        return awaited(bound, command, output);
      } finally {
        Files.delete(output);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(String.join(" ", command) + " was interrupted", e);
    }
  }

  /** Output goes to a file: a pipe would have to be read while waiting. */
  private static Result awaited(Duration bound, List<String> command, Path output)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(output.toFile())
            .start();
    if (!process.waitFor(bound.toMillis(), TimeUnit.MILLISECONDS)) {
      process.destroyForcibly().waitFor();
      throw new AssertionError(String.join(" ", command) + " did not end within " + bound);
    }
    return new Result(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
  }
}
