package io.vxland.dataplane.nft;

import io.vxland.dataplane.DataplaneException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Runs nft(8) in one network namespace, without a shell, for a bounded time, and keeps a bounded
 * part of what it says. One for all tables there: it knows its own changes from those of others.
 */
public final class NftProgram {
  /** The most that is read of what nft says; a listing of 10,000 deliveries is 3 MiB. */
  static final int MAX_OUTPUT = 16 * 1024 * 1024;

  private static final List<Path> PLACES =
      List.of(Path.of("/usr/sbin/nft"), Path.of("/sbin/nft"), Path.of("/usr/bin/nft"));

  private static final Duration LIMIT = Duration.ofSeconds(2);

  /** The words of an error after its place: {@code /dev/stdin:1:27-35: Error: WORDS}. */
  private static final String ERROR = "Error: ";

  /** How many runs' notifications of the kernel may be on their way. */
  private static final int RECENT = 64;

  private final Path program;
  private final List<String> command;

  /** The process ids of the last runs; guarded by itself. */
  private final Deque<Integer> recent = new ArrayDeque<>();

  private NftProgram(Path program, List<String> before) {
    this.program = program;
    List<String> line = new ArrayList<>(before);
    line.add(program.toString());
    this.command = List.copyOf(line);
  }

  /** Where a distribution has it, in the network namespace of this process. */
  public static NftProgram here() {
    return new NftProgram(
        PLACES.stream().filter(Files::isExecutable).findFirst().orElse(PLACES.get(0)), List.of());
  }

  /**
   * A program in a network namespace.
   *
   * @param program where nft is
   * @param namespace such as /run/netns/NAME
   */
  public static NftProgram in(Path program, Path namespace) {
    return new NftProgram(program, List.of("/usr/bin/nsenter", "--net=" + namespace));
  }

  /**
   * Whether a change of the ruleset was made by one of the last runs. Any thread may ask.
   *
   * @param portId the netlink port id that the kernel's notification has: nft leaves it to the
   *     kernel, which takes the process id if that is free (netlink_autobind in af_netlink.c). What
   *     it takes else is never a process id, so such a change passes for somebody else's
   */
  public boolean made(int portId) {
    synchronized (recent) {
      return recent.contains(portId);
    }
  }

  private void began(Process process) {
    synchronized (recent) {
      recent.addLast((int) process.pid());
      if (recent.size() > RECENT) {
        recent.removeFirst();
      }
    }
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

  /** Why it cannot be run; empty if it can. */
  Optional<String> absent() {
    return Files.isExecutable(program)
        ? Optional.empty()
        : Optional.of("there is no program " + program + "; install nftables");
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
    // Before nft has its input, and so before the kernel tells of what it does.
    began(process);
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
