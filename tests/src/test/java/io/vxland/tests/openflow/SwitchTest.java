package io.vxland.tests.openflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.vxland.openflow.Action;
import io.vxland.openflow.Flow;
import io.vxland.openflow.FlowEntry;
import io.vxland.openflow.FlowMod;
import io.vxland.openflow.Match;
import io.vxland.openflow.OpenFlowConnection;
import io.vxland.openflow.OpenFlowException;
import io.vxland.openflow.Port;
import io.vxland.openflow.PortDescription;
import io.vxland.openflow.SwitchError;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a bridge has after a call, seen by ovs-ofctl and by us. */
class SwitchTest {
  private static final long OURS = 0x7678000000000001L;
  private static final Duration BOUND = Duration.ofSeconds(60);
  private static final Action NOWHERE = new Action.Group(99);

  private static OpenVswitch ovs;
  private OpenFlowConnection connection;

  @BeforeAll
  static void up() throws IOException {
    ovs = OpenVswitch.up();
    ovs.vsctl(
        "add-port",
        "br0",
        "tun-vxlan0",
        "--",
        "set",
        "interface",
        "tun-vxlan0",
        "type=vxlan",
        "options:remote_ip=flow",
        "options:key=flow");
  }

  @AfterAll
  static void down() {
    ovs.close();
  }

  @BeforeEach
  void connect() throws OpenFlowException {
    ovs.ofctl(List.of("del-flows"));
    connection = ovs.connect();
  }

  @AfterEach
  void disconnect() {
    connection.close();
  }

  private static Flow flow(int priority, int mac, Action... actions) {
    return Flow.of(0, priority, OURS, Match.ANY.ethDst(0x525400000000L | mac), actions);
  }

  private static List<FlowMod> adding(List<Flow> flows) {
    List<FlowMod> mods = new ArrayList<>();
    flows.forEach(flow -> mods.add(new FlowMod.Add(flow)));
    return mods;
  }

  private List<Flow> ours() throws OpenFlowException {
    return connection.flows(OURS, -1).stream()
        .map(entry -> ((FlowEntry.Known) entry).flow())
        .toList();
  }

  @Test
  void flowsThatWeAddArePrintedAsTheirText() throws OpenFlowException {
    connection.bundle(adding(SampleFlows.ALL));
    assertThat(ovs.printedFlows())
        .containsExactlyInAnyOrderElementsOf(SampleFlows.ALL.stream().map(Flow::text).toList());
    assertThat(ours()).containsExactlyInAnyOrderElementsOf(SampleFlows.ALL);
    assertThat(connection.flows(2, OURS, -1))
        .extracting(entry -> ((FlowEntry.Known) entry).flow())
        .containsExactlyInAnyOrderElementsOf(
            SampleFlows.ALL.stream().filter(flow -> flow.table() == 2).toList());
  }

  @Test
  void flowsThatAreTypedAsTheirTextAreTheSame() throws OpenFlowException {
    SampleFlows.ALL.forEach(flow -> ovs.type(flow.command("br0")));
    assertThat(ours()).containsExactlyInAnyOrderElementsOf(SampleFlows.ALL);
    Flow changed = flow(200, 1, new Action.Output(Port.LOCAL));
    ovs.type(new FlowMod.Add(flow(200, 1)).command("br0"));
    ovs.type(new FlowMod.Modify(changed).command("br0"));
    assertThat(ours()).contains(changed).hasSize(SampleFlows.ALL.size() + 1);
    ovs.type(FlowMod.Delete.of(changed).command("br0"));
    assertThat(ours()).containsExactlyInAnyOrderElementsOf(SampleFlows.ALL);
    ovs.type(new FlowMod.DeleteAll(OURS, -1).command("br0"));
    assertThat(ovs.printedFlows()).isEmpty();
  }

  @Test
  void changesAreMadeOneAfterAnother() throws OpenFlowException {
    Flow first = flow(200, 1, new Action.Output(Port.NORMAL));
    Flow second = flow(200, 1, new Action.Output(Port.LOCAL));
    Flow other = flow(200, 2);
    connection.apply(
        List.of(
            new FlowMod.Add(first),
            new FlowMod.Add(other),
            new FlowMod.Modify(second),
            FlowMod.Delete.of(other)));
    assertThat(ovs.printedFlows()).containsExactly(second.text());
  }

  @Test
  void flowsOfOthersAreReadButNotTouched() throws OpenFlowException {
    ovs.ofctl(
        List.of("add-flow"), "cookie=0x2,priority=200,dl_dst=52:54:00:00:00:01,actions=NORMAL");
    ovs.ofctl(List.of("add-flow"), "cookie=0x2,priority=3,ct_state=+trk,ip,actions=ct(commit)");
    List<String> before = ovs.printedFlows();
    Flow same = flow(200, 1, new Action.Output(Port.LOCAL));
    connection.apply(
        List.of(
            new FlowMod.Modify(same),
            FlowMod.Delete.of(same),
            new FlowMod.DeleteAll(OURS, -1),
            new FlowMod.DeleteAll(0x7678000000000000L, 0xffff000000000000L)));
    assertThat(ovs.printedFlows()).isEqualTo(before);
    assertThat(connection.flows(OURS, -1)).isEmpty();
    assertThat(connection.flows(2, -1))
        .extracting(FlowEntry::getClass)
        .containsExactlyInAnyOrder(FlowEntry.Known.class, FlowEntry.Foreign.class);
    assertThat(connection.flows(0, 0)).hasSize(2);
  }

  @Test
  void aBundleIsAllOrNothing() throws OpenFlowException {
    Flow standing = flow(1, 1);
    connection.bundle(adding(List.of(standing)));
    assertThatThrownBy(
            () ->
                connection.bundle(
                    List.of(
                        new FlowMod.Add(flow(2, 2)),
                        FlowMod.Delete.of(standing),
                        new FlowMod.Add(flow(3, 3, NOWHERE)),
                        new FlowMod.Add(flow(4, 4)))))
        .isInstanceOf(OpenFlowException.class)
        .hasMessageContaining(flow(3, 3, NOWHERE).text())
        .hasMessageContaining("OFPBAC_BAD_OUT_GROUP")
        .hasMessageContaining("none of 4 is done")
        .satisfies(
            e -> assertThat(((OpenFlowException) e).error()).contains(new SwitchError(2, 9, 0)));
    assertThat(ovs.printedFlows()).containsExactly(standing.text());
    assertThat(connection.isOpen()).isTrue();
    connection.bundle(List.of(FlowMod.Delete.of(standing)));
    assertThat(ovs.printedFlows()).isEmpty();
  }

  @Test
  void whatIsRefusedByItselfLeavesTheOthersDone() throws OpenFlowException {
    assertThatThrownBy(
            () -> connection.apply(adding(List.of(flow(1, 1), flow(2, 2, NOWHERE), flow(3, 3)))))
        .hasMessageContaining("add-flow '" + flow(2, 2, NOWHERE).text())
        .hasMessageContaining("OFPBAC_BAD_OUT_GROUP; the others of 3 are done");
    assertThat(ours()).containsExactlyInAnyOrder(flow(1, 1), flow(3, 3));
  }

  /** More answers than Open vSwitch keeps before it stops to listen. */
  @Test
  void thousandsOfRefusalsDoNotHangIt() throws OpenFlowException {
    List<Flow> flows = new ArrayList<>();
    for (int i = 0; i < 5000; i++) {
      flows.add(flow(1, i, NOWHERE));
    }
    assertThatThrownBy(() -> connection.apply(adding(flows)))
        .hasMessageContaining("OFPBAC_BAD_OUT_GROUP");
    connection.echo();
    assertThat(ours()).isEmpty();
  }

  @Test
  void manyFlowsInOneBundleAreReadBack() throws OpenFlowException {
    List<Flow> flows = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      flows.add(flow(200, i, new Action.Output(new Port(1))));
    }
    connection.bundle(adding(flows));
    // As sets: AssertJ's own comparison in any order is quadratic.
    List<Flow> read = ours();
    assertThat(read).hasSameSizeAs(flows);
    assertThat(Set.copyOf(read).equals(Set.copyOf(flows))).as("the same flows").isTrue();
    connection.apply(List.of(new FlowMod.DeleteAll(OURS, -1)));
    assertThat(ovs.printedFlows()).isEmpty();
  }

  @Test
  void flowsGoByTheirTimeouts() throws OpenFlowException {
    connection.apply(
        adding(List.of(flow(1, 1).hardTimeout(1), flow(2, 2).idleTimeout(1), flow(3, 3))));
    await().atMost(BOUND).until(() -> ours().equals(List.of(flow(3, 3))));
  }

  @Test
  void portsAreKnownByName() throws OpenFlowException {
    assertThat(connection.ports())
        .extracting(PortDescription::name, PortDescription::port)
        .containsExactlyInAnyOrder(
            org.assertj.core.groups.Tuple.tuple("br0", Port.LOCAL),
            org.assertj.core.groups.Tuple.tuple("tun-vxlan0", new Port(1)));
  }

  @Test
  void threadsShareAConnection() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<?>> done = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        int first = 1000 * i;
        done.add(
            threads.submit(
                () -> {
                  for (int n = first; n < first + 100; n++) {
                    connection.apply(adding(List.of(flow(200, n))));
                  }
                  return null;
                }));
      }
      for (Future<?> future : done) {
        future.get();
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(ours()).hasSize(400);
  }

  @Test
  void aSwitchThatHangsEndsTheCallInTime() throws OpenFlowException {
    try (OpenFlowConnection impatient =
        OpenFlowConnection.open(ovs.socket("br0"), Duration.ofMillis(300))) {
      ovs.signal("STOP");
      try {
        assertThatThrownBy(impatient::echo)
            .isInstanceOf(OpenFlowException.class)
            .hasMessageContaining("no answer in time");
      } finally {
        ovs.signal("CONT");
      }
      assertThat(impatient.isOpen()).isFalse();
      assertThatThrownBy(impatient::echo).hasMessageContaining("the connection is closed");
    }
  }

  @Test
  void closingEndsACall() throws Exception {
    ExecutorService thread = Executors.newSingleThreadExecutor();
    ovs.signal("STOP");
    try {
      Future<?> call =
          thread.submit(
              () -> {
                connection.echo();
                return null;
              });
      connection.close();
      assertThatThrownBy(call::get)
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(OpenFlowException.class);
    } finally {
      ovs.signal("CONT");
      thread.shutdownNow();
    }
  }

  @Test
  void aKilledSwitchIsNoticedAndANewConnectionServes() throws Exception {
    ovs.killDaemon();
    assertThatThrownBy(connection::echo).isInstanceOf(OpenFlowException.class);
    assertThat(connection.isOpen()).isFalse();
    assertThatThrownBy(ovs::connect)
        .isInstanceOf(OpenFlowException.class)
        .hasMessageContaining("connecting to " + ovs.socket("br0"));
    ovs.startDaemon();
    await()
        .atMost(BOUND)
        .ignoreExceptionsInstanceOf(OpenFlowException.class)
        .until(
            () -> {
              try (OpenFlowConnection again = ovs.connect()) {
                return again.ports().size() == 2;
              }
            });
  }

  @Test
  void aBridgeOfOtherProtocolsIsToldAsSuch() {
    ovs.vsctl("set", "bridge", "br0", "protocols=OpenFlow10,OpenFlow13");
    try {
      assertThatThrownBy(ovs::connect)
          .hasMessageContaining("agreeing on OpenFlow 1.4")
          .hasMessageContaining("protocols");
    } finally {
      ovs.vsctl("clear", "bridge", "br0", "protocols");
    }
  }

  @Test
  void aBridgeThatIsNotThereIsToldWithItsSocket() {
    assertThatThrownBy(() -> OpenFlowConnection.open(ovs.socket("br-none"), BOUND))
        .isInstanceOf(OpenFlowException.class)
        .hasMessageContaining("br-none.mgmt")
        .hasMessageContaining("No such file");
  }
}
