package io.vxland.tests.ovsdb;

import io.vxland.tests.support.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** A real ovsdb-server with the schema of Open vSwitch, in a directory of its own. */
final class PrivateOvsdbServer implements AutoCloseable {
  private static final String SCHEMA = "/usr/share/openvswitch/vswitch.ovsschema";
  private static final Duration BOUND = Duration.ofSeconds(60);

  private final Path directory;
  private Process process;

  /** Makes the database with its one root row; the server is not started. */
  PrivateOvsdbServer(Path directory) {
    this.directory = directory;
    Command.run("ovsdb-tool", "create", database(), SCHEMA);
    Command.run(
        "ovsdb-tool",
        "transact",
        database(),
        "[\"Open_vSwitch\",{\"op\":\"insert\",\"table\":\"Open_vSwitch\",\"row\":{}}]");
  }

  private String database() {
    return directory.resolve("conf.db").toString();
  }

  Path socket() {
    return directory.resolve("db.sock");
  }

  /** Starts it, and waits until it answers. */
  void start() {
    try {
      process =
          new ProcessBuilder(
                  "ovsdb-server",
                  database(),
                  "--remote=punix:" + socket(),
                  "--unixctl=" + directory.resolve("ctl.sock"),
                  "--pidfile=" + directory.resolve("ovsdb.pid"),
                  "--no-chdir")
              .redirectErrorStream(true)
              .redirectOutput(directory.resolve("server.log").toFile())
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Awaitility.await()
        .atMost(BOUND)
        .until(
            () ->
                Command.tryRun(BOUND, List.of("ovsdb-client", "--timeout=5", "list-dbs", remote()))
                        .exit()
                    == 0);
  }

  private String remote() {
    return "unix:" + socket();
  }

  /** Ends it without a chance to say anything. */
  void kill() {
    process.destroyForcibly();
    await();
  }

  private void await() {
    try {
      if (!process.waitFor(BOUND.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError("ovsdb-server did not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while ovsdb-server ends", e);
    }
  }

  /** Sends it a signal such as STOP. */
  void signal(String name) {
    Command.run("kill", "-" + name, String.valueOf(process.pid()));
  }

  /** What ovs-vsctl prints; it does not wait for ovs-vswitchd, which does not run. */
  String vsctl(String... arguments) {
    List<String> command =
        new ArrayList<>(List.of("ovs-vsctl", "--no-wait", "--timeout=20", "--db=" + remote()));
    command.addAll(List.of(arguments));
    return Command.run(BOUND, command).strip();
  }

  /** A table as ovsdb-client dumps it. */
  String dump(String table, String... columns) {
    List<String> command =
        new ArrayList<>(
            List.of("ovsdb-client", "--format=csv", "dump", remote(), "Open_vSwitch", table));
    command.addAll(List.of(columns));
    return Command.run(BOUND, command);
  }

  String log() {
    try {
      return Files.readString(directory.resolve("server.log"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    if (process != null && process.isAlive()) {
      signal("CONT");
      process.destroy();
      await();
    }
  }
}
