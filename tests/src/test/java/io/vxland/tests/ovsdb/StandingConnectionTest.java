package io.vxland.tests.ovsdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.ovsdb.OvsdbConnection;
import io.vxland.ovsdb.OvsdbException;
import io.vxland.ovsdb.Snapshot;
import io.vxland.ovsdb.StandingConnection;
import io.vxland.ovsdb.Watch;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class StandingConnectionTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

  private final class Heard implements StandingConnection.Listener {
    @Override
    public void connected(OvsdbConnection connection) throws OvsdbException, InterruptedException {
      Snapshot bridges = connection.monitor(List.of(Watch.of("Bridge", "name")), LIMIT).initial();
      heard.add("connected, bridges: " + bridges.table("Bridge").size());
    }

    @Override
    public void disconnected(OvsdbException reason) {
      heard.add(reason.words());
    }
  }

  private String next() throws InterruptedException {
    return heard.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
  }

  @TempDir private Path directory;
  private PrivateOvsdbServer server;
  private StandingConnection standing;

  @BeforeEach
  void start() {
    server = new PrivateOvsdbServer(directory);
    standing =
        StandingConnection.start(
            OvsdbConnection.Settings.openVswitch(server.socket()),
            new StandingConnection.Retry(Duration.ofMillis(20), Duration.ofMillis(200)),
            new Heard());
  }

  @AfterEach
  void close() {
    standing.close();
    server.close();
    assertThat(heard).as("heard after the connection was closed").isEmpty();
    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .noneMatch(name -> name.startsWith("ovsdb-"));
  }

  @Test
  void theConnectionComesBackWhenTheServerDoesAndEachReasonIsToldOnce() throws Exception {
    assertThat(next()).isEqualTo("No such file or directory; is Open vSwitch running?");
    server.start();
    assertThat(next()).isEqualTo("connected, bridges: 0");
    server.vsctl("add-br", "br-extun");
    server.kill();
    assertThat(next()).isEqualTo("ovsdb-server closed the connection");
    assertThat(next()).isEqualTo("Connection refused; is Open vSwitch running?");
    server.start();
    assertThat(next()).isEqualTo("connected, bridges: 1");
  }
}
