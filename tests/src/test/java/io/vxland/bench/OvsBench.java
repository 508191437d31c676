package io.vxland.bench;

import io.vxland.dataplane.Dataplane.Failure;
import io.vxland.dataplane.ovs.OvsDriver;
import io.vxland.model.InterfaceName;
import io.vxland.model.IpAddress;
import io.vxland.model.TunnelType;
import io.vxland.model.Vni;
import io.vxland.openflow.Action;
import io.vxland.openflow.Flow;
import io.vxland.openflow.FlowMod;
import io.vxland.openflow.Match;
import io.vxland.openflow.OpenFlowConnection;
import io.vxland.openflow.OpenFlowException;
import io.vxland.openflow.Port;
import io.vxland.ovsdb.Condition;
import io.vxland.ovsdb.MapValue;
import io.vxland.ovsdb.Operation;
import io.vxland.ovsdb.OvsdbConnection;
import io.vxland.ovsdb.OvsdbException;
import io.vxland.ovsdb.Row;
import io.vxland.ovsdb.Vswitchd;
import io.vxland.plan.Change;
import io.vxland.plan.ovs.ActualSwitches;
import io.vxland.plan.ovs.SwitchChange;
import io.vxland.plan.ovs.SwitchOwnership;
import io.vxland.plan.ovs.Tunnel;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The daemon's side of tests/bench/ovsdb: {@code DIRECTORY BRIDGE} is where Open vSwitch has its
 * sockets, and a bridge of vxland's. For each line on standard input it does once what the
 * benchmark has done by ovs-vsctl and ovs-ofctl, for {@code burst} some of it many times, and
 * prints a line of {@code WHAT=MICROSECONDS}.
 */
public final class OvsBench implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(5);
  private static final InterfaceName TUNNEL = new InterfaceName("tun-bench");
  private static final long MACS = 0x0200_0000_0001L;
  private static final int BURST = 1000;

  private final InterfaceName bridge;
  private final OvsDriver driver;
  private final OvsdbConnection database;
  private final Vswitchd vswitchd;
  private final OpenFlowConnection flows;

  private OvsBench(Path directory, InterfaceName bridge)
      throws OvsdbException, OpenFlowException, InterruptedException {
    Path socket = directory.resolve("db.sock");
    this.bridge = bridge;
    this.driver = OvsDriver.open(socket, () -> {});
    this.database = OvsdbConnection.open(OvsdbConnection.Settings.openVswitch(socket), ended -> {});
    this.vswitchd = Vswitchd.watch(database, LIMIT);
    this.flows = OpenFlowConnection.open(directory.resolve(bridge + ".mgmt"), LIMIT);
  }

  public static void main(String[] arguments)
      throws IOException, OvsdbException, OpenFlowException, InterruptedException {
    PrintStream out = System.out;
    try (OvsBench bench = new OvsBench(Path.of(arguments[0]), new InterfaceName(arguments[1]));
        BufferedReader turns =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      out.println("ready");
      int round = 0;
      for (String turn = turns.readLine(); turn != null; turn = turns.readLine()) {
        out.println(String.join(" ", turn.equals("burst") ? bench.burst() : bench.round(round++)));
      }
    }
  }

  private interface Step {
    void run() throws OvsdbException, OpenFlowException, InterruptedException;
  }

  private static String timed(String what, Step step)
      throws OvsdbException, OpenFlowException, InterruptedException {
    long from = System.nanoTime();
    step.run();
    return what + "=" + (System.nanoTime() - from) / 1000;
  }

  private List<String> round(int number)
      throws OvsdbException, OpenFlowException, InterruptedException {
    List<String> times = new ArrayList<>();
    times.add(timed("transact", () -> database.transact(List.of(note("a" + number)), LIMIT)));
    times.add(timed("applied", () -> applied(note("b" + number))));
    times.add(timed("read", this::read));
    times.add(timed("tunnel", () -> change(new SwitchChange.AddTunnel(bridge, TUNNEL, tunnel()))));
    change(new SwitchChange.RemoveTunnel(bridge, TUNNEL));
    times.add(timed("flow", () -> flows.apply(List.of(flow(2 * number)))));
    times.add(timed("bundle", () -> flows.bundle(List.of(flow(2 * number + 1)))));
    return times;
  }

  /** What a JVM that has done it often takes: the same, many times in a row. */
  private List<String> burst() throws OvsdbException, OpenFlowException, InterruptedException {
    List<String> times = new ArrayList<>();
    for (int i = 0; i < BURST; i++) {
      Operation note = note("burst" + i);
      times.add(timed("burst-transact", () -> database.transact(List.of(note), LIMIT)));
    }
    List<FlowMod> change = List.of(flow(-1));
    for (int i = 0; i < BURST; i++) {
      times.add(timed("burst-flow", () -> flows.apply(change)));
    }
    return times;
  }

  /** A change of the bridge's row that makes no difference to its ports. */
  private Operation note(String value) {
    return new Operation.Update(
        "Bridge",
        List.of(Condition.equal("name", bridge.value())),
        Row.EMPTY.with("other_config", MapValue.of(Map.of("bench", value))));
  }

  private void applied(Operation operation) throws OvsdbException, InterruptedException {
    Vswitchd.Commit commit = vswitchd.transact(List.of(operation), LIMIT);
    if (!vswitchd.awaitApplied(commit.configuration(), LIMIT)) {
      throw new IllegalStateException("ovs-vswitchd has not done it in " + LIMIT);
    }
  }

  private void read() {
    ActualSwitches actual = driver.read();
    if (actual.missing().isPresent() || !actual.switches().containsKey(bridge)) {
      throw new IllegalStateException("not read: " + actual.missing());
    }
  }

  private void change(SwitchChange change) {
    List<Failure> failures = driver.apply(List.of(new Change.OnSwitch(change)));
    if (!failures.isEmpty()) {
      throw new IllegalStateException(failures.toString());
    }
  }

  private static Tunnel tunnel() {
    return new Tunnel(
        Tunnel.Key.to(new Vni(9001), IpAddress.parse("10.99.0.250")),
        TunnelType.VXLAN,
        Map.of(
            "remote_ip", "10.99.0.250",
            "local_ip", "10.99.0.1",
            "key", "9001",
            "dst_port", "4789"),
        Optional.empty(),
        false);
  }

  private static FlowMod flow(int number) {
    return new FlowMod.Add(
        Flow.of(
            0,
            100,
            SwitchOwnership.COOKIE,
            Match.ANY.ethDst(MACS + number),
            new Action.Output(Port.NORMAL)));
  }

  @Override
  public void close() {
    flows.close();
    database.close();
    driver.close();
  }
}
