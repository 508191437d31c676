package io.vxland.control.evpn;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * FRR's shell, one process to a call, without a shell of the system's. What it may take and say is
 * limited.
 */
final class Vtysh {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final int MAX_OUTPUT = 32 << 20;

  private final Path program;

  Vtysh(Path program) {
    this.program = program;
  }

  /**
   * Runs commands one after the other, up to the first that fails.
   *
   * @return what they printed
   * @throws FrrException if one failed, or vtysh cannot be run or does not end in time
   */
  String run(List<String> commands) throws FrrException, InterruptedException {
    List<String> line = new ArrayList<>();
    line.add(program.toString());
    for (String command : commands) {
      line.add("-c");
      line.add(command);
    }
    ProcessBuilder builder = new ProcessBuilder(line);
    builder.environment().clear();
    builder.environment().put("LC_ALL", "C");
    builder.redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")));
    Process process;
    try {
      process = builder.start();
    } catch (IOException missing) {
      throw new FrrException(missing.getMessage(), missing);
    }
    try {
      return said(process);
    } catch (ExecutionException | TimeoutException broken) {
      throw new FrrException("vtysh: its pipes broke: " + broken.getMessage(), broken);
    } finally {
      process.destroyForcibly();
    }
  }

  private static String said(Process process)
      throws FrrException, InterruptedException, ExecutionException, TimeoutException {
    CompletableFuture<String> output = reading(process.getInputStream());
    CompletableFuture<String> errors = reading(process.getErrorStream());
    if (!process.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new FrrException(
          "vtysh did not exit within " + LIMIT.toSeconds() + " s and was killed");
    }
    String said = output.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    String wrong = errors.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS).strip();
    if (said.length() > MAX_OUTPUT) {
      throw new FrrException(
          "vtysh printed more than " + MAX_OUTPUT + " bytes; its output is discarded");
    }
    if (process.exitValue() != 0) {
      throw new FrrException(words(said, wrong, process.exitValue()));
    }
    return said;
  }

  private static String words(String said, String wrong, int exit) {
    String words = wrong.isEmpty() ? said.strip() : wrong;
    return words.isEmpty()
        ? "vtysh exited with " + exit + " and printed nothing"
        : words.lines().distinct().limit(3).reduce((a, b) -> a + "; " + b).orElseThrow();
  }

  /** One byte beyond the limit tells that there is more. Closing ends a program that goes on. */
  private static CompletableFuture<String> reading(InputStream stream) {
    CompletableFuture<String> result = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try (stream) {
                result.complete(
                    new String(stream.readNBytes(MAX_OUTPUT + 1), StandardCharsets.UTF_8));
              } catch (IOException broken) {
                result.completeExceptionally(broken);
              }
            },
            "vtysh-pipe");
    thread.setDaemon(true);
    thread.start();
    return result;
  }
}
