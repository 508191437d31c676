package io.vxland.tests.lab;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a command within a bound. Its streams are files, so that no output can block it. */
final class Command {
  private Command() {}

  /**
   * Runs a command to its end.
   *
   * @param bound after which it and its children are killed
   * @param input what it reads on standard input
   * @throws LabException if it cannot be started or passes its bound
   */
  static Result run(Duration bound, String input, List<String> command) {
    try {
      Path directory = Files.createTempDirectory("vxland-command");
      Path in = directory.resolve("in");
      Path out = directory.resolve("out");
      Path err = directory.resolve("err");
      try {
        Files.writeString(in, input);
        Process process =
            new ProcessBuilder(command)
                .redirectInput(in.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        boolean ended = await(process, bound);
        Result result =
            new Result(command, ended ? process.exitValue() : 255, read(out), read(err));
        if (!ended) {
          throw new LabException("killed after " + bound.toSeconds() + " s: " + result);
        }
        return result;
      } finally {
        Files.deleteIfExists(in);
        Files.deleteIfExists(out);
        Files.deleteIfExists(err);
        Files.delete(directory);
      }
    } catch (IOException e) {
      throw new LabException("cannot run " + String.join(" ", command), e);
    }
  }

  private static boolean await(Process process, Duration bound) {
    try {
      if (process.waitFor(bound.toMillis(), TimeUnit.MILLISECONDS)) {
        return true;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    return false;
  }

  /** A tool may print bytes that are no UTF-8; they become U+FFFD. */
  private static String read(Path file) throws IOException {
    return new String(Files.readAllBytes(file), UTF_8);
  }
}
