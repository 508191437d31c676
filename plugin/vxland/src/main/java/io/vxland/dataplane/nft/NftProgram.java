package io.vxland.dataplane.nft;

import io.vxland.dataplane.DataplaneException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** Runs nft(8), without a shell, for a bounded time, and keeps a bounded part of what it says. */
final class NftProgram {
  /** The most that is read of what nft says; a listing of 10,000 deliveries is 3 MiB. */
  static final int MAX_OUTPUT = 16 * 1024 * 1024;

  private static final List<Path> PLACES =
      List.of(Path.of("/usr/sbin/nft"), Path.of("/sbin/nft"), Path.of("/usr/bin/nft"));

  private static final Duration LIMIT = Duration.ofSeconds(2);

  /** The words of an error after its place: {@code /dev/stdin:1:27-35: Error: WORDS}. */
  private static final String ERROR = "Error: ";

  private final List<String> command;

  /**
   * Creates it.
   *
   * @param command the program, with what comes before its arguments
   */
  NftProgram(List<String> command) {
    this.command = List.copyOf(command);
  }

  /** Where a distribution has it. */
  static Path place() {
    return PLACES.stream().filter(Files::isExecutable).findFirst().orElse(PLACES.get(0));
  }

  /** The program in a network namespace; in that of this process where there is none. */
  static NftProgram in(Path program, Optional<Path> namespace) {
    List<String> command = new ArrayList<>();
    namespace.ifPresent(path -> command.addAll(List.of("/usr/bin/nsenter", "--net=" + path)));
    command.add(program.toString());
    return new NftProgram(command);
  }

  /**
   * What nft said.
   *
   * @param exit its exit status
   * @param output its standard output
   * @param errors its standard error
   */
  record Said(int exit, String output, String errors) {
    boolean succeeded() {
      return exit == 0;
    }

    /** nft's own words for what went wrong, without the places in its input. */
    String words() {
      List<String> words = new ArrayList<>();
      errors
          .lines()
          .filter(line -> line.contains(ERROR))
          .map(line -> line.substring(line.indexOf(ERROR) + ERROR.length()).strip())
          .distinct()
          .forEach(words::add);
      if (!words.isEmpty()) {
        return String.join("; ", words);
      }
      return errors.isBlank() ? "nft exited with " + exit + " and printed nothing" : errors.strip();
    }
  }

  /**
   * Has it check commands, of which nothing stays.
   *
   * @return what it or the kernel cannot do; empty if it can do all
   */
  Optional<String> refusal(String script) {
    try {
      Said said = run("check what nftables can do", script, "-c", "-f", "-");
      return said.succeeded() ? Optional.empty() : Optional.of(said.words());
    } catch (DataplaneException failed) {
      return Optional.of(failed.getMessage());
    }
  }

  /**
   * Runs it.
   *
   * @param purpose what it is run for, such as {@code list table netdev vxland}
   * @param input what it gets on its standard input
   * @throws DataplaneException if it cannot be run, does not end in time, or says too much
   */
  Said run(String purpose, String input, String... arguments) throws DataplaneException {
    List<String> line = new ArrayList<>(command);
    line.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(line);
    builder.environment().clear();
    builder.environment().put("LC_ALL", "C");
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new DataplaneException(purpose + ": " + e.getMessage(), e);
    }
    try {
      return talk(purpose, process, input);
    } finally {
      process.destroyForcibly();
    }
  }

  /** All three pipes at once: a program that waits for one of them would not end. */
  private static Said talk(String purpose, Process process, String input)
      throws DataplaneException {
    CompletableFuture<byte[]> output = reading(process.getInputStream());
    CompletableFuture<byte[]> errors = reading(process.getErrorStream());
    CompletableFuture<Void> sent = writing(process.getOutputStream(), input);
    try {
      if (!process.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new DataplaneException(
            purpose + ": nft did not exit within " + LIMIT.toSeconds() + " s and was killed");
      }
      byte[] said = output.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
      if (said.length > MAX_OUTPUT) {
        throw new DataplaneException(
            purpose + ": nft printed more than " + MAX_OUTPUT + " bytes; its output is discarded");
      }
      String wrong =
          new String(errors.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS), StandardCharsets.UTF_8);
      sent.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
      return new Said(process.exitValue(), new String(said, StandardCharsets.UTF_8), wrong);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DataplaneException(purpose + ": interrupted", e);
    } catch (ExecutionException | java.util.concurrent.TimeoutException e) {
      throw new DataplaneException(purpose + ": nft's pipes broke: " + e.getMessage(), e);
    }
  }

  /** One byte beyond the limit tells that there is more. Closing ends a program that goes on. */
  private static CompletableFuture<byte[]> reading(InputStream stream) {
    return inBackground(
        () -> {
          try (stream) {
            return stream.readNBytes(MAX_OUTPUT + 1);
          }
        });
  }

  private static CompletableFuture<Void> writing(OutputStream stream, String input) {
    return inBackground(
        () -> {
          try (stream) {
            stream.write(input.getBytes(StandardCharsets.UTF_8));
          } catch (IOException ended) {
            // A program that ends early says why on its standard error.
          }
          return null;
        });
  }

  private interface Task<T> {
    T run() throws IOException;
  }

  private static <T> CompletableFuture<T> inBackground(Task<T> task) {
    CompletableFuture<T> result = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                result.complete(task.run());
              } catch (IOException | RuntimeException e) {
                result.completeExceptionally(e);
              }
            },
            "nft-pipe");
    thread.setDaemon(true);
    thread.start();
    return result;
  }
}
