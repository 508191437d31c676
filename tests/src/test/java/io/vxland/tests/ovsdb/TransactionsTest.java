package io.vxland.tests.ovsdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vxland.ovsdb.Atom;
import io.vxland.ovsdb.Condition;
import io.vxland.ovsdb.MapValue;
import io.vxland.ovsdb.Mutation;
import io.vxland.ovsdb.Operation;
import io.vxland.ovsdb.OvsdbConnection;
import io.vxland.ovsdb.OvsdbException;
import io.vxland.ovsdb.Results;
import io.vxland.ovsdb.Row;
import io.vxland.ovsdb.SetValue;
import io.vxland.ovsdb.Vswitchd;
import io.vxland.ovsdb.Watch;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class TransactionsTest extends WithServer {
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
