package io.vxland.tests.ovsdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vxland.ovsdb.Atom;
import io.vxland.ovsdb.Condition;
import io.vxland.ovsdb.MapValue;
import io.vxland.ovsdb.Monitor;
import io.vxland.ovsdb.Mutation;
import io.vxland.ovsdb.Operation;
import io.vxland.ovsdb.OvsdbConnection;
import io.vxland.ovsdb.OvsdbException;
import io.vxland.ovsdb.Results;
import io.vxland.ovsdb.Row;
import io.vxland.ovsdb.RowUpdate;
import io.vxland.ovsdb.SetValue;
import io.vxland.ovsdb.Snapshot;
import io.vxland.ovsdb.Vswitchd;
import io.vxland.ovsdb.Watch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class OvsdbServerTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Duration PROBE = Duration.ofSeconds(1);
  private static final String BRIDGE = "br-extun";

  @TempDir private Path directory;
  private PrivateOvsdbServer server;
  private OvsdbConnection connection;
  private final BlockingQueue<OvsdbException> ends = new LinkedBlockingQueue<>();

  @BeforeEach
  void open() throws Exception {
    server = new PrivateOvsdbServer(directory);
    server.start();
    connection =
        OvsdbConnection.open(
            new OvsdbConnection.Settings(server.socket(), "Open_vSwitch", LIMIT, PROBE), ends::add);
  }

  @AfterEach
  void close() throws Exception {
    connection.close();
    server.close();
  }

  private static Operation.Select ports(String... columns) {
    return new Operation.Select("Port", List.of(), List.of(columns));
  }

  @Test
  void aBridgeWithTunnelsIsWhatOvsVsctlShows() throws Exception {
    Results results = connection.transact(Changes.bridge(BRIDGE), LIMIT);
    assertThat(results.count(3)).isEqualTo(1);
    assertThat(server.vsctl("get", "Bridge", BRIDGE, "_uuid"))
        .isEqualTo(results.inserted(2).toString());
    assertThat(server.vsctl("get", "Bridge", BRIDGE, "datapath_type", "external_ids"))
        .isEqualTo("netdev\n{vxland=bridge}");

    connection.transact(Changes.tunnels(BRIDGE, 0, 2), LIMIT);
    assertThat(server.vsctl("list-ports", BRIDGE)).isEqualTo("tun-vxlan0\ntun-vxlan1");
    assertThat(server.vsctl("get", "Port", "tun-vxlan1", "protected", "tag")).isEqualTo("true\n[]");
    assertThat(server.vsctl("get", "Interface", "tun-vxlan1", "type", "options"))
        .isEqualTo("vxlan\n{key=\"5001\", remote_ip=\"10.99.0.1\"}");

    Results changed =
        connection.transact(
            List.of(
                new Operation.Update(
                    "Port",
                    List.of(Condition.equal("name", "tun-vxlan1")),
                    Row.EMPTY
                        .with("tag", Atom.of(7))
                        .with("trunks", SetValue.of(Atom.of(1), Atom.of(4095)))),
                new Operation.Mutate(
                    "Interface",
                    List.of(Condition.equal("name", "tun-vxlan1")),
                    List.of(
                        Mutation.delete("options", SetValue.of(Atom.of("key"))),
                        Mutation.insert("options", MapValue.of(Map.of("dst_port", "4789"))))),
                new Operation.Comment("vxland: a test"),
                new Operation.Select(
                    "Port",
                    List.of(Condition.equal("name", "tun-vxlan1")),
                    List.of("_uuid", "tag", "trunks", "mac", "interfaces"))),
            LIMIT);
    Row port = changed.rows(3).get(0);
    assertThat(port.integer("tag")).isEqualTo(7);
    assertThat(port.integers("trunks")).containsExactlyInAnyOrder(1L, 4095L);
    assertThat(port.optionalText("mac")).isEmpty();
    assertThat(port.uuids("interfaces")).hasSize(1);
    assertThat(server.vsctl("get", "Port", "tun-vxlan1", "_uuid", "tag", "trunks"))
        .isEqualTo(port.uuid("_uuid") + "\n7\n[1, 4095]");
    assertThat(server.vsctl("get", "Interface", "tun-vxlan1", "options"))
        .isEqualTo("{dst_port=\"4789\", remote_ip=\"10.99.0.1\"}");

    connection.transact(List.of(Changes.removal(BRIDGE, port.uuid("_uuid"))), LIMIT);
    assertThat(server.vsctl("list-ports", BRIDGE)).isEqualTo("tun-vxlan0");
    assertThat(server.dump("Interface", "name")).doesNotContain("tun-vxlan1");
  }

  @Test
  void whatTheServerRefusesHasItsWordsAndChangesNothing() throws Exception {
    connection.transact(Changes.bridge(BRIDGE), LIMIT);
    String before = server.dump("Bridge");

    assertThatThrownBy(() -> connection.transact(Changes.bridge(BRIDGE), LIMIT))
        .isInstanceOfSatisfying(
            OvsdbException.class,
            e -> {
              assertThat(e.error()).contains("constraint violation");
              assertThat(e)
                  .hasMessageStartingWith(
                      "commit insert into Interface, insert into Port, insert into Bridge, mutate"
                          + " Open_vSwitch: constraint violation: ")
                  .hasMessageContaining("to have identical values (br-extun)");
            });
    assertThatThrownBy(
            () ->
                connection.transact(
                    List.of(
                        new Operation.Comment("first"),
                        new Operation.Update(
                            "Port", List.of(), Row.EMPTY.with("tag", Atom.of(5000)))),
                    LIMIT))
        .isInstanceOfSatisfying(
            OvsdbException.class,
            e -> {
              assertThat(e.error()).contains("constraint violation");
              assertThat(e)
                  .hasMessageStartingWith("update Port (operation 2 of 2): ")
                  .hasMessageContaining("5000");
            });
    assertThatThrownBy(
            () ->
                connection.transact(
                    List.of(
                        new Operation.Insert(
                            "Bridge", Row.EMPTY.with("name", "b"), Optional.empty()),
                        new Operation.Mutate(
                            "Open_vSwitch",
                            List.of(),
                            List.of(Mutation.insert("bridges", Atom.of(new UUID(3, 4)))))),
                    LIMIT))
        .hasMessageStartingWith("commit insert into Bridge, mutate Open_vSwitch: referential")
        .hasMessageContaining("00000000-0000-0003-0000-000000000004");
    assertThatThrownBy(
            () ->
                connection.transact(
                    List.of(new Operation.Select("Brigde", List.of(), List.of())), LIMIT))
        .hasMessageContaining("select from Brigde: ")
        .hasMessageContaining("No table named Brigde.");
    assertThatThrownBy(
            () ->
                connection.transact(
                    List.of(
                        new Operation.Wait(
                            "Bridge",
                            List.of(),
                            List.of("name"),
                            true,
                            List.of(Row.EMPTY.with("name", "other")),
                            Duration.ZERO)),
                    LIMIT))
        .hasMessageStartingWith("wait for Bridge: timed out");
    assertThatThrownBy(() -> connection.monitor(List.of(Watch.of("Port", "colour")), LIMIT))
        .isInstanceOf(OvsdbException.class)
        .hasMessageStartingWith("monitor Port: ")
        .hasMessageContaining("colour");

    assertThat(server.dump("Bridge")).isEqualTo(before);
    assertThat(connection.end()).isEmpty();
  }

  @Test
  void aDatabaseThatIsNotThereIsNamedInTheServersWords() throws Exception {
    try (OvsdbConnection other =
        OvsdbConnection.open(
            new OvsdbConnection.Settings(server.socket(), "OVN_Northbound", LIMIT, LIMIT),
            ends::add)) {
      assertThatThrownBy(() -> other.transact(List.of(ports("name")), LIMIT))
          .isInstanceOf(OvsdbException.class)
          .hasMessageContaining("select from Port: ")
          .hasMessageContaining("OVN_Northbound");
    }
  }

  @Test
  void aMonitorTellsWhatOthersDo() throws Exception {
    connection.transact(Changes.bridge(BRIDGE), LIMIT);
    Monitor monitor =
        connection.monitor(
            List.of(Watch.of("Port", "name", "tag", "external_ids"), Watch.of("Bridge", "ports")),
            LIMIT);
    assertThat(monitor.initial().table("Port")).hasSize(1);

    BlockingQueue<RowUpdate> heard = new LinkedBlockingQueue<>();
    AtomicReference<Snapshot> now = new AtomicReference<>(monitor.initial());
    server.vsctl("add-port", BRIDGE, "early", "--", "set", "Interface", "early", "type=internal");
    monitor.deliverTo(
        update -> {
          now.set(now.get().after(update));
          heard.addAll(update.rows().stream().filter(row -> row.table().equals("Port")).toList());
        });
    RowUpdate.Inserted early = (RowUpdate.Inserted) heard.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
    assertThat(early.now().text("name")).isEqualTo("early");
    assertThat(early.now().optionalInteger("tag")).isEmpty();

    server.vsctl("set", "Port", "early", "tag=5", "external_ids:vxland=port");
    RowUpdate.Modified tagged =
        (RowUpdate.Modified) heard.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
    assertThat(tagged.uuid()).isEqualTo(early.uuid());
    assertThat(tagged.before().optionalInteger("tag")).isEmpty();
    assertThat(tagged.now().integer("tag")).isEqualTo(5);
    assertThat(tagged.now().textMap("external_ids")).isEqualTo(Map.of("vxland", "port"));
    assertThat(now.get().table("Port").get(early.uuid())).isEqualTo(tagged.now());

    server.vsctl("del-port", BRIDGE, "early");
    assertThat(heard.poll(LIMIT.toSeconds(), TimeUnit.SECONDS))
        .isEqualTo(new RowUpdate.Deleted("Port", early.uuid(), tagged.now()));
    assertThat(now.get()).isEqualTo(monitor.initial());

    monitor.cancel(LIMIT);
    server.vsctl("add-port", BRIDGE, "unheard");
    connection.echo(LIMIT);
    assertThat(heard).isEmpty();
  }

  @Test
  void aThousandTunnelsComeInOneCommitAndInOneUpdate() throws Exception {
    connection.transact(Changes.bridge(BRIDGE), LIMIT);
    Monitor monitor = connection.monitor(List.of(Watch.of("Interface", "name", "options")), LIMIT);
    BlockingQueue<Snapshot> heard = new LinkedBlockingQueue<>();
    monitor.deliverTo(update -> heard.add(monitor.initial().after(update)));

    connection.transact(Changes.tunnels(BRIDGE, 0, 1000), LIMIT);
    Snapshot after = heard.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
    assertThat(after.table("Interface")).hasSize(1001);
    assertThat(
            connection.monitor(List.of(Watch.of("Interface", "name", "options")), LIMIT).initial())
        .isEqualTo(after);
    assertThat(server.vsctl("list-ports", BRIDGE).lines()).hasSize(1000);
    assertThat(server.vsctl("get", "Interface", "tun-vxlan999", "options"))
        .isEqualTo("{key=\"5999\", remote_ip=\"10.99.3.231\"}");
    assertThat(connection.transact(List.of(ports()), LIMIT).rows(0)).hasSize(1001);
  }

  @Test
  void manyThreadsShareAConnectionAndItsMonitorSeesTheirCommitsInOrder() throws Exception {
    int threads = 8;
    int each = 50;
    Monitor monitor = connection.monitor(List.of(Watch.of("Open_vSwitch", "next_cfg")), LIMIT);
    BlockingQueue<Long> heard = new LinkedBlockingQueue<>();
    monitor.deliverTo(
        update -> heard.add(((RowUpdate.Modified) update.rows().get(0)).now().integer("next_cfg")));
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    List<Future<Boolean>> all = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      all.add(
          pool.submit(
              () -> {
                for (int j = 0; j < each; j++) {
                  connection.transact(
                      List.of(
                          new Operation.Mutate(
                              "Open_vSwitch", List.of(), List.of(Mutation.add("next_cfg", 1)))),
                      LIMIT);
                }
                return true;
              }));
    }
    for (Future<Boolean> one : all) {
      assertThat(one.get(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }
    pool.shutdown();
    assertThat(server.vsctl("get", "Open_vSwitch", ".", "next_cfg")).isEqualTo("400");
    Awaitility.await().atMost(LIMIT).until(() -> heard.contains(400L));
    assertThat(new ArrayList<>(heard)).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void connectionsLeaveNothingOpen() throws Exception {
    long before = openDescriptors();
    for (int i = 0; i < 30; i++) {
      OvsdbConnection another =
          OvsdbConnection.open(OvsdbConnection.Settings.openVswitch(server.socket()), ends::add);
      another.echo(LIMIT);
      another.close();
    }
    assertThat(openDescriptors()).isLessThan(before + 10);
    assertThat(ends).isEmpty();
  }

  private static long openDescriptors() throws IOException {
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      return descriptors.count();
    }
  }

  @Test
  void aServerKilledDuringAMonitorIsToldWithTheReason() throws Exception {
    Monitor monitor = connection.monitor(List.of(Watch.of("Bridge", "name")), LIMIT);
    BlockingQueue<RowUpdate> heard = new LinkedBlockingQueue<>();
    monitor.deliverTo(update -> heard.addAll(update.rows()));
    connection.transact(Changes.bridge(BRIDGE), LIMIT);
    server.kill();

    OvsdbException end = ends.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
    assertThat(end)
        .hasMessage(
            "connection to ovsdb-server at "
                + server.socket()
                + ": ovsdb-server closed the connection");
    assertThat(heard).as("told before the end").hasSize(1);
    assertThatThrownBy(() -> connection.transact(List.of(ports()), LIMIT))
        .hasMessage(
            "select from Port: the connection to ovsdb-server ended: ovsdb-server closed the"
                + " connection; it was not sent");
    assertThatThrownBy(
            () ->
                OvsdbConnection.open(
                    OvsdbConnection.Settings.openVswitch(server.socket()), ends::add))
        .hasMessage(
            "connect to ovsdb-server at "
                + server.socket()
                + ": Connection refused; is Open vSwitch running?");
    assertThat(server.log()).doesNotContain("ERR");
  }

  @Test
  void aServerThatHangsIsGivenUpAfterTwoProbes() throws Exception {
    server.signal("STOP");
    assertThatThrownBy(() -> connection.transact(List.of(ports()), LIMIT))
        .hasMessage(
            "select from Port: the connection to ovsdb-server ended: ovsdb-server gave no sign of"
                + " life for 2000 ms; it may be done all the same");
    assertThat(ends.poll(LIMIT.toSeconds(), TimeUnit.SECONDS)).isNotNull();
    server.signal("CONT");
  }

  @Test
  void aConnectionThatIsQuietStands() throws Exception {
    long end = System.nanoTime() + PROBE.multipliedBy(3).toNanos();
    Awaitility.await()
        .atMost(LIMIT)
        .until(() -> System.nanoTime() > end || connection.end().isPresent());
    assertThat(connection.end()).isEmpty();
    connection.echo(LIMIT);
  }

  @Test
  void ovsVswitchdsProgressIsAwaitedByTheNumberOfTheConfiguration() throws Exception {
    server.vsctl("set", "Open_vSwitch", ".", "next_cfg=41", "cur_cfg=41");
    Vswitchd vswitchd = Vswitchd.watch(connection, LIMIT);
    Vswitchd.Commit commit = vswitchd.transact(Changes.bridge(BRIDGE), LIMIT);
    assertThat(commit.configuration()).isEqualTo(42);
    assertThat(commit.results().all()).hasSize(4);
    assertThat(server.vsctl("get", "Open_vSwitch", ".", "next_cfg")).isEqualTo("42");
    assertThat(vswitchd.awaitApplied(41, Duration.ofMillis(1))).isTrue();
    assertThat(vswitchd.awaitApplied(42, Duration.ofMillis(100))).isFalse();

    // What ovs-vswitchd does at the end of a reconfiguration.
    server.vsctl("set", "Open_vSwitch", ".", "cur_cfg=42");
    assertThat(vswitchd.awaitApplied(42, LIMIT)).isTrue();

    server.kill();
    assertThatThrownBy(() -> vswitchd.awaitApplied(43, LIMIT))
        .isInstanceOf(OvsdbException.class)
        .hasMessage("wait for ovs-vswitchd: ovsdb-server closed the connection");
  }
}
