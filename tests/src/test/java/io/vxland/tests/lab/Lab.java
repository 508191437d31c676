package io.vxland.tests.lab;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vxland.tests.support.Spent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A lab that is up: hosts with libvirtd side by side on one underlay, see {@code
 * tests/lab/README.md}. Every method runs one script of {@code tests/lab}, within a bound. Hosts
 * are numbered from 1; host I has 10.99.0.I (fd99::I) on the underlay and 10.98.0.I for migration.
 *
 * <p>Two labs of different names do not meet, so tests may run side by side; two runs of the tests,
 * too, for a lab's name ends with the process that brought it up.
 */
public final class Lab implements AutoCloseable {
  private static final Duration UP = Duration.ofMinutes(5);
  private static final Duration DOWN = Duration.ofSeconds(150);
  private static final Duration COMMAND = Duration.ofMinutes(2);
  private static final Duration BOOT = Duration.ofMinutes(2);

  /** The scripts by which a guest comes up. */
  private static final Set<String> BOOTING = Set.of("guest", "wait-guest");

  /** What a guest's kernel says of memory or devices that are not as it left them. */
  private static final Pattern BROKEN =
      Pattern.compile(
          ".*(is not a head|soft lockup|rcu.*stall|Kernel panic|BUG:|kernel BUG|NETDEV WATCHDOG).*");

  /** What FRR's daemons write when they end themselves, {@code core_handler} in lib/sigevent.c. */
  private static final Pattern ABORTED =
      Pattern.compile(".*(assertion \\(.*\\) failed|Received signal (6|11) ).*");

  /** A guest writes a line every second or so. */
  private static final Duration SILENCE = Duration.ofSeconds(20);

  private final String name;
  private final int hosts;

  private Lab(String name, int hosts) {
    this.name = name;
    this.hosts = hosts;
  }

  /**
   * Starts hosts with the package of {@code rpm/target} and its daemon.
   *
   * @param what a-z and 0-9, beginning with a letter, at most 11: how its name begins
   * @param hosts 1 to 99
   * @param options more options of {@code tests/lab/up}
   * @throws LabException if it does not come up; nothing is left then
   */
  public static Lab up(String what, int hosts, String... options) {
    String name = nameInThisRun(what);
    List<String> command = command("up", name, Integer.toString(hosts));
    command.addAll(List.of(options));
    Spent.on(Spent.On.LABS, () -> Command.run(UP, "", command)).must();
    return new Lab(name, hosts);
  }

  /** Starts hosts that have libvirtd only; parameters and errors as {@link #up}. */
  public static Lab bare(String what, int hosts) {
    return up(what, hosts, "--bare");
  }

  /** Removes a lab of this run; one that is not there is success. */
  public static void down(String what) {
    remove(nameInThisRun(what));
  }

  private static void remove(String name) {
    Spent.on(Spent.On.LABS, () -> Command.run(DOWN, "", command("down", name))).must();
  }

  /** The name of a lab that {@link #up} makes. */
  static String nameInThisRun(String what) {
    return what + Long.toString(ProcessHandle.current().pid(), Character.MAX_RADIX);
  }

  /** What the scripts know it by. */
  public String name() {
    return name;
  }

  /** Runs a command inside a host. */
  public Result host(int host, String... command) {
    return hostWithInput(host, "", command);
  }

  /** Runs a command inside a host that reads {@code input} on its standard input. */
  public Result hostWithInput(int host, String input, String... command) {
    return script("host", COMMAND, input, host, List.of(command));
  }

  /**
   * What the daemon of a host answers at its socket, such as to {@code /v1/plan}: the JSON that
   * {@code vxctl --json} prints, without a JVM for each time that a test looks.
   *
   * @return "" if there is no daemon
   */
  public String answer(int host, String path) {
    String url = "http://localhost" + path;
    return host(host, "curl", "-q", "-s", "--unix-socket", "/run/vxland/api.sock", url).out();
  }

  /** Starts a command inside a host whose output is read while it runs; the caller ends it. */
  public Process start(int host, String... command) {
    return start(command("host", name, Integer.toString(host)), command);
  }

  /** As {@link #start}, in a namespace that {@link #endpoint} has made. */
  public Process startInEndpoint(int host, String endpoint, String... command) {
    return start(command("ns", name, Integer.toString(host), endpoint, "--"), command);
  }

  private static Process start(List<String> script, String... command) {
    script.addAll(List.of(command));
    try {
      return new ProcessBuilder(script).redirectErrorStream(true).start();
    } catch (IOException e) {
      throw new LabException("cannot run " + String.join(" ", script), e);
    }
  }

  /**
   * Defines a guest and starts it; returns before it has booted.
   *
   * @param options of {@code tests/lab/guest}, such as {@code --network blue --ip 10.0.0.1/24}
   */
  public Result guest(int host, String guest, String... options) {
    List<String> arguments = new ArrayList<>(List.of(guest));
    arguments.addAll(List.of(options));
    return script("guest", BOOT, "", host, arguments);
  }

  /** Waits until a guest has booted and runs commands. */
  public Result waitGuest(int host, String guest) {
    return script("wait-guest", BOOT, "", host, List.of(guest));
  }

  /** Runs a shell command in a guest that is on this host; needs no network. */
  public Result inGuest(int host, String guest, String command) {
    return script("in-guest", BOOT, "", host, List.of(guest, command));
  }

  /**
   * Makes a network namespace with a veth into the host.
   *
   * @param options of {@code tests/lab/ns}, such as {@code --bridge br5001 --ip 10.0.0.1/24}
   */
  public Result endpoint(int host, String endpoint, String... options) {
    List<String> arguments = new ArrayList<>(List.of(endpoint));
    arguments.addAll(List.of(options));
    return script("ns", COMMAND, "", host, arguments);
  }

  /** Runs a command in such a namespace. */
  public Result inEndpoint(int host, String endpoint, String... command) {
    List<String> arguments = new ArrayList<>(List.of(endpoint, "--"));
    arguments.addAll(List.of(command));
    return script("ns", COMMAND, "", host, arguments);
  }

  /** {@code start|stop|kill9|restart|reload|status|log} of the host's vxland. */
  public Result daemon(int host, String action) {
    return script("daemon", COMMAND, "", host, List.of(action));
  }

  /** {@code start|stop|kill9|restart} of the host's libvirtd. */
  public Result libvirtd(int host, String action) {
    return script("libvirtd", COMMAND, "", host, List.of(action));
  }

  /**
   * {@code start|stop|kill9|restart} of the host's Open vSwitch, in a lab that is up with {@code
   * --ovs}.
   *
   * @param part {@code vswitchd} or {@code db}; none means both
   */
  public Result openVswitch(int host, String action, String... part) {
    List<String> arguments = new ArrayList<>(List.of(action));
    arguments.addAll(List.of(part));
    return script("ovs", COMMAND, "", host, arguments);
  }

  /**
   * {@code start|stop|kill9|restart} of the host's FRR, or {@code segment VNI}.
   *
   * @param part {@code zebra} or {@code bgpd}; none means both
   */
  public Result frr(int host, String action, String... part) {
    List<String> arguments = new ArrayList<>(List.of(action));
    arguments.addAll(List.of(part));
    return script("frr", COMMAND, "", host, arguments);
  }

  /** Writes the host's frr.conf. */
  public Result frrConfiguration(int host, String text) {
    return script("frr", COMMAND, text, host, List.of("configure"));
  }

  /**
   * What {@code tests/lab/etcd} does with the host's member of etcd, such as {@code start}, or
   * {@code ctl} with what etcdctl shall do, in a lab that is up with {@code --control etcd}.
   */
  public Result etcd(int host, String action, String... arguments) {
    List<String> all = new ArrayList<>(List.of(action));
    all.addAll(List.of(arguments));
    return script("etcd", BOOT, "", host, all);
  }

  /** Migrates a running guest to another host over the management network. */
  public Result migrate(int from, int to, String guest) {
    return host(
        from,
        "virsh",
        "migrate",
        "--live",
        guest,
        "qemu+tcp://10.98.0." + to + "/system",
        "tcp://10.98.0." + to);
  }

  /** What a guest has written to its console, on all hosts it was on. */
  public String console(String guest) {
    return text(state().resolve("console").resolve(guest + ".log"));
  }

  /**
   * The guests that QEMU without KVM has broken, which it does now and then in a migration: their
   * kernels say so, or write nothing any more. See tests/lab/README.md.
   *
   * @return what each of them said last, or that it is silent
   */
  public Map<String, String> brokenGuests() {
    Map<String, String> broken = new TreeMap<>();
    Map<String, String> before = new TreeMap<>();
    for (String guest : guests()) {
      Matcher said = BROKEN.matcher(console(guest));
      if (said.find()) {
        broken.put(guest, said.group());
      } else {
        before.put(guest, console(guest));
      }
    }
    before.keySet().retainAll(running());
    long end = System.nanoTime() + SILENCE.toNanos();
    while (!before.isEmpty() && System.nanoTime() < end) {
      before.entrySet().removeIf(each -> !console(each.getKey()).equals(each.getValue()));
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
    }
    before.keySet().forEach(guest -> broken.put(guest, "no heartbeat"));
    return broken;
  }

  /**
   * FRR's daemons that have ended themselves, which zebra 8.4 does now and then where VXLAN devices
   * come and go. On a real host watchfrr(8) starts them again.
   *
   * @return what each of them said of it
   */
  public Map<String, String> abortedDaemons() {
    Map<String, String> aborted = new TreeMap<>();
    for (int host = 1; host <= hosts; host++) {
      for (String daemon : List.of("zebra", "bgpd")) {
        Path log = state().resolve("log").resolve("h" + host + "-" + daemon + ".log");
        Matcher said = ABORTED.matcher(Files.exists(log) ? text(log) : "");
        if (said.find()) {
          aborted.put("h" + host + "'s " + daemon, said.group());
        }
      }
    }
    return aborted;
  }

  private List<String> guests() {
    try (Stream<Path> files = Files.list(state().resolve("console"))) {
      return files.map(file -> file.getFileName().toString().replace(".log", "")).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Set<String> running() {
    return IntStream.rangeClosed(1, hosts)
        .mapToObj(host -> host(host, "virsh", "list", "--name", "--state-running").out())
        .flatMap(String::lines)
        .collect(Collectors.toSet());
  }

  /** Copies logs and consoles into a directory, for a test that failed. */
  public void saveLogs(Path directory) {
    for (String kind : List.of("log", "console")) {
      try (Stream<Path> files = Files.list(state().resolve(kind))) {
        Files.createDirectories(directory);
        for (Path file : files.toList()) {
          Files.writeString(directory.resolve(file.getFileName() + ".txt"), text(file));
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Removes the lab. */
  @Override
  public void close() {
    remove(name);
  }

  private Path state() {
    return Path.of("/run/vxland-lab", name);
  }

  private Result script(
      String script, Duration bound, String input, int host, List<String> arguments) {
    List<String> command = command(script, name, Integer.toString(host));
    command.addAll(arguments);
    Spent.On what = BOOTING.contains(script) ? Spent.On.BOOTS : Spent.On.COMMANDS;
    return Spent.on(what, () -> Command.run(bound, input, command));
  }

  private static List<String> command(String script, String lab, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(scripts().resolve(script).toString());
    command.addAll(List.of("--lab", lab));
    command.addAll(List.of(arguments));
    return command;
  }

  /** Maven runs tests in {@code tests/}, an IDE in the repository's root. */
  private static Path scripts() {
    Path here = Path.of("").toAbsolutePath();
    for (Path candidate : List.of(here.resolve("lab"), here.resolve("tests/lab"))) {
      if (Files.isExecutable(candidate.resolve("up"))) {
        return candidate;
      }
    }
    throw new LabException("no lab/up or tests/lab/up in " + here);
  }

  private static String text(Path file) {
    try {
      return new String(Files.readAllBytes(file), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
