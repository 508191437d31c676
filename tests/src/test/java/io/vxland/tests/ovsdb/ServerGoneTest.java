package io.vxland.tests.ovsdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vxland.ovsdb.Monitor;
import io.vxland.ovsdb.OvsdbConnection;
import io.vxland.ovsdb.OvsdbException;
import io.vxland.ovsdb.RowUpdate;
import io.vxland.ovsdb.Watch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class ServerGoneTest extends WithServer {
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
}
