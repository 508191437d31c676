package io.vxland.tests.hooks;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * One run of a hook script, as libvirt makes it: four arguments, a document on standard input, and
 * an end only when the process is gone and both its outputs are closed.
 */
final class HookCall {
  /** What became of a run. */
  record Outcome(int status, String stdout, String stderr, Duration took) {}

  /** What the hook reads. */
  interface Stdin {
    void feed(OutputStream out) throws IOException;
  }

  private static final Path HOOKS = Path.of("..", "hooks").toAbsolutePath().normalize();

  private final List<String> command = new ArrayList<>();
  private final Path socket;
  private Stdin stdin = out -> out.write("<domain/>".getBytes(StandardCharsets.UTF_8));
  private boolean stdinStaysOpen;
  private String wrapper = "";

  private HookCall(String shell, String driver, Path socket, List<String> arguments) {
    command.add(shell);
    command.add(script(driver).toString());
    command.addAll(arguments);
    this.socket = socket;
  }

  /** A hook under a shell of this machine, with the arguments of an operation. */
  static HookCall of(String shell, String driver, Path socket, String operation) {
    return withArguments(shell, driver, socket, List.of("hv1", operation, "begin", "-"));
  }

  /** A hook with arguments that libvirt would perhaps not give. */
  static HookCall withArguments(String shell, String driver, Path socket, List<String> arguments) {
    return new HookCall(shell, driver, socket, arguments);
  }

  static Path script(String driver) {
    return HOOKS.resolve(driver);
  }

  HookCall stdin(Stdin source) {
    stdin = source;
    return this;
  }

  /** Writes nothing and never closes. */
  HookCall stdinThatNeverEnds() {
    stdin = out -> {};
    stdinStaysOpen = true;
    return this;
  }

  /** Runs the hook from a shell snippet that ends in {@code exec "$@"}. */
  HookCall from(String snippet) {
    wrapper = snippet;
    return this;
  }

  Process start() throws IOException {
    List<String> line = new ArrayList<>();
    if (!wrapper.isEmpty()) {
      line.addAll(List.of("/bin/bash", "-c", wrapper, "wrapper"));
    }
    line.addAll(command);
    ProcessBuilder builder = new ProcessBuilder(line);
    builder.environment().clear();
    builder.environment().put("LC_ALL", "C");
    builder.environment().put("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    builder.environment().put("VXLAND_SOCKET", socket.toString());
    builder.environment().put("http_proxy", "http://192.0.2.1:9");
    return builder.start();
  }

  Outcome run() throws IOException, InterruptedException {
    long begun = System.nanoTime();
    Process process = start();
    try {
      CompletableFuture<String> out = drain(process.getInputStream());
      CompletableFuture<String> err = drain(process.getErrorStream());
      CompletableFuture<Void> fed = CompletableFuture.runAsync(() -> feed(process));
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        throw new AssertionError("the hook does not end: " + command);
      }
      String stdout = out.join();
      String stderr = err.join();
      Duration took = Duration.ofNanos(System.nanoTime() - begun);
      fed.join();
      return new Outcome(process.exitValue(), stdout, stderr, took);
    } finally {
      process.getOutputStream().close();
      process.destroyForcibly();
    }
  }

  /** The processes that were started for this socket and still live. */
  static List<String> leftOver(Path socket) throws IOException {
    List<String> found = new ArrayList<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc"), "[1-9]*")) {
      for (Path process : all) {
        if (startedFor(socket, process)) {
          found.add(process.toString());
        }
      }
    }
    return found;
  }

  private static boolean startedFor(Path socket, Path process) {
    try {
      return Files.readString(process.resolve("environ"), StandardCharsets.ISO_8859_1)
          .contains("VXLAND_SOCKET=" + socket);
    } catch (IOException goneMeanwhile) {
      return false;
    }
  }

  private void feed(Process process) {
    OutputStream out = process.getOutputStream();
    try {
      stdin.feed(out);
      if (!stdinStaysOpen) {
        out.close();
      }
    } catch (IOException theHookDoesNotReadOn) {
      // libvirt swallows EPIPE likewise (vircommand.c).
      return;
    }
  }

  private static CompletableFuture<String> drain(InputStream stream) {
    return CompletableFuture.supplyAsync(
        () -> {
          try (stream) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }
}
