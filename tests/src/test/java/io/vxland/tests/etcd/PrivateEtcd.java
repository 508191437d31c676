package io.vxland.tests.etcd;

import io.vxland.tests.support.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** A real etcd with one member, on this machine's loopback, in a directory of its own. */
final class PrivateEtcd implements AutoCloseable {
  private static final Duration BOUND = Duration.ofSeconds(60);

  private final Path directory;
  private final int clientPort;
  private final int peerPort;
  private Process process;

  /** It is not started. */
  PrivateEtcd(Path directory) {
    this.directory = directory;
    this.clientPort = freePort();
    this.peerPort = freePort();
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  URI endpoint() {
    return URI.create("http://127.0.0.1:" + clientPort);
  }

  /** Starts it, and waits until it answers. */
  void start() {
    String peer = "http://127.0.0.1:" + peerPort;
    try {
      process =
          new ProcessBuilder(
                  "etcd",
                  "--data-dir=" + data(),
                  "--listen-client-urls=" + endpoint(),
                  "--advertise-client-urls=" + endpoint(),
                  "--listen-peer-urls=" + peer,
                  "--initial-advertise-peer-urls=" + peer,
                  "--initial-cluster=default=" + peer)
              .redirectErrorStream(true)
              .redirectOutput(
                  ProcessBuilder.Redirect.appendTo(directory.resolve("etcd.log").toFile()))
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Awaitility.await()
        .atMost(BOUND)
        .until(() -> Command.tryRun(BOUND, ctl("endpoint", "health")).exit() == 0);
  }

  private Path data() {
    return directory.resolve("data");
  }

  private List<String> ctl(String... arguments) {
    List<String> command = new ArrayList<>(List.of("etcdctl", "--endpoints=" + endpoint()));
    command.addAll(List.of(arguments));
    return command;
  }

  /** What etcdctl prints. */
  String etcdctl(String... arguments) {
    return Command.run(BOUND, ctl(arguments));
  }

  /** Ends it without a chance to say anything. */
  void kill() {
    process.destroyForcibly();
    try {
      if (!process.waitFor(BOUND.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError("etcd did not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while etcd ends", e);
    }
  }

  /** Removes all that it has stored; it does not run. */
  void wipe() {
    try (Stream<Path> files = Files.walk(data())) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    if (process != null && process.isAlive()) {
      kill();
    }
  }
}
