package io.vxland.tests.openflow;

import static org.awaitility.Awaitility.await;

import io.vxland.openflow.OpenFlowConnection;
import io.vxland.openflow.OpenFlowException;
import io.vxland.tests.support.Command;
import io.vxland.tests.support.Netns;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Open vSwitch of a test's own: database and daemon in a network namespace, with their files in a
 * directory that goes with them, and the bridge {@code br0} with the userspace datapath.
 */
public final class OpenVswitch implements AutoCloseable {
  private static final Duration BOUND = Duration.ofSeconds(60);

  public final Netns netns = Netns.create();
  private final Path directory;
  private final List<Process> processes = new ArrayList<>();

  private OpenVswitch(Path directory) {
    this.directory = directory;
  }

  /** Starts it. */
  public static OpenVswitch up() throws IOException {
    OpenVswitch ovs = new OpenVswitch(Files.createTempDirectory("vxt-ovs"));
    try {
      ovs.start();
    } catch (RuntimeException | Error | IOException e) {
      ovs.close();
      throw e;
    }
    return ovs;
  }

  private void start() throws IOException {
    Path database = directory.resolve("conf.db");
    Path schema = Path.of("/usr/share/openvswitch/vswitch.ovsschema");
    Command.run("ovsdb-tool", "create", database.toString(), schema.toString());
    daemon(
        "ovsdb-server",
        database.toString(),
        "--remote=punix:" + directory.resolve("db.sock"),
        "--unixctl=" + directory.resolve("db.ctl"));
    await().atMost(BOUND).until(() -> Files.exists(directory.resolve("db.sock")));
    vsctl("--no-wait", "init");
    startDaemon();
    vsctl("add-br", "br0", "--", "set", "bridge", "br0", "datapath_type=netdev");
    await().atMost(BOUND).until(() -> Files.exists(socket("br0")));
  }

  /** Starts ovs-vswitchd, the first time or again. */
  void startDaemon() throws IOException {
    daemon(
        "ovs-vswitchd",
        "unix:" + directory.resolve("db.sock"),
        "--disable-system",
        "--unixctl=" + directory.resolve("ovs-vswitchd.0.ctl"));
  }

  private void daemon(String name, String... arguments) throws IOException {
    List<String> line =
        new ArrayList<>(
            List.of(
                "ip",
                "netns",
                "exec",
                netns.name(),
                name,
                "--no-chdir",
                "-vconsole:off",
                "--log-file=" + directory.resolve(name + ".log")));
    line.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(line);
    builder.environment().put("OVS_RUNDIR", directory.toString());
    builder.environment().put("OVS_DBDIR", directory.toString());
    builder.environment().put("OVS_LOGDIR", directory.toString());
    builder.redirectErrorStream(true);
    builder.redirectOutput(directory.resolve(name + ".out").toFile());
    processes.add(builder.start());
  }

  /** The process of ovs-vswitchd, which {@code ip netns exec} became. */
  Process daemon() {
    return processes.get(processes.size() - 1);
  }

  /** Ends ovs-vswitchd as a crash would. */
  void killDaemon() throws InterruptedException {
    daemon().destroyForcibly().waitFor();
  }

  /** Stops or continues ovs-vswitchd. */
  void signal(String signal) {
    Command.run("kill", "-" + signal, Long.toString(daemon().pid()));
  }

  /** {@code ovs-vsctl ARGUMENT...}. */
  public void vsctl(String... arguments) {
    List<String> line =
        new ArrayList<>(
            List.of("ovs-vsctl", "--timeout=20", "--db=unix:" + directory.resolve("db.sock")));
    line.addAll(List.of(arguments));
    Command.run(line.toArray(String[]::new));
  }

  /** The database's socket, beside which are those of ovs-vswitchd. */
  public Path database() {
    return directory.resolve("db.sock");
  }

  /** {@code ovs-appctl ARGUMENT...}, asked of ovs-vswitchd. */
  public String appctl(String... arguments) {
    List<String> line =
        new ArrayList<>(List.of("ovs-appctl", "-t", directory + "/ovs-vswitchd.0.ctl"));
    line.addAll(List.of(arguments));
    return Command.run(line.toArray(String[]::new));
  }

  /** A bridge's management socket. */
  public Path socket(String bridge) {
    return directory.resolve(bridge + ".mgmt");
  }

  OpenFlowConnection connect() throws OpenFlowException {
    return OpenFlowConnection.open(socket("br0"), BOUND);
  }

  /** Runs {@code ovs-ofctl -O OpenFlow14 COMMAND br0 ARGUMENTS}; options go before the command. */
  String ofctl(List<String> command, String... arguments) {
    List<String> line = new ArrayList<>(List.of("ovs-ofctl", "-O", "OpenFlow14"));
    line.addAll(command);
    line.add("unix:" + socket("br0"));
    line.addAll(List.of(arguments));
    return Command.run(line.toArray(String[]::new));
  }

  /** The flows as ovs-ofctl prints them, a line each, with {@code table=0} where it is left out. */
  List<String> printedFlows() {
    return ofctl(List.of("--no-stats", "dump-flows"))
        .lines()
        .map(String::strip)
        .map(
            line ->
                line.contains(" table=")
                    ? line
                    : line.replaceFirst("^(cookie=[^,]*, )", "$1table=0, "))
        .toList();
  }

  /** Runs a script with {@code br0}'s socket as what an administrator would call the bridge. */
  void type(String command) {
    Command.run("sh", "-ec", command.replace(" br0 ", " unix:" + socket("br0") + " "));
  }

  @Override
  public void close() {
    for (int i = processes.size() - 1; i >= 0; i--) {
      end(processes.get(i));
    }
    netns.close();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void end(Process process) {
    process.destroy();
    try {
      if (!process.waitFor(BOUND.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
    }
  }
}
