package io.vxland.tests.ovsdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.ovsdb.OvsdbConnection;
import io.vxland.ovsdb.RowUpdate;
import io.vxland.ovsdb.Vswitchd;
import io.vxland.ovsdb.Watch;
import io.vxland.tests.support.Netns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real ovs-vswitchd with its userspace datapath, in a network namespace of its own. */
@Timeout(120)
class VswitchdTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir private Path directory;
  private Netns netns;
  private PrivateOvsdbServer server;
  private Process vswitchd;
  private OvsdbConnection connection;

  @BeforeEach
  void open() throws Exception {
    netns = Netns.create();
    server = new PrivateOvsdbServer(directory);
    server.start();
    connection =
        OvsdbConnection.open(OvsdbConnection.Settings.openVswitch(server.socket()), end -> {});
  }

  private void startVswitchd() throws IOException {
    // ip(8) becomes ovs-vswitchd, so that the process is that one.
    ProcessBuilder builder =
        new ProcessBuilder(
            "ip",
            "netns",
            "exec",
            netns.name(),
            "ovs-vswitchd",
            "unix:" + server.socket(),
            "--unixctl=" + directory.resolve("vswitchd.sock"),
            "--pidfile=" + directory.resolve("vswitchd.pid"),
            "--no-chdir");
    builder.environment().put("OVS_RUNDIR", directory.toString());
    vswitchd =
        builder
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("vswitchd.log").toFile())
            .start();
  }

  @AfterEach
  void close() throws Exception {
    connection.close();
    if (vswitchd != null) {
      vswitchd.destroy();
      assertThat(vswitchd.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }
    server.close();
    netns.close();
  }

  @Test
  void aBridgeIsThereWhenItsConfigurationIsAppliedAndNotWithoutOvsVswitchd() throws Exception {
    Vswitchd progress = Vswitchd.watch(connection, LIMIT);
    Vswitchd.Commit early = progress.transact(Changes.bridge("br-extun"), LIMIT);
    assertThat(progress.awaitApplied(early.configuration(), Duration.ofMillis(200))).isFalse();

    startVswitchd();
    assertThat(progress.awaitApplied(early.configuration(), LIMIT)).as(() -> log()).isTrue();
    assertThat(netns.ip("-br", "link", "show", "br-extun")).startsWith("br-extun");

    BlockingQueue<String> ports = new LinkedBlockingQueue<>();
    connection
        .monitor(List.of(Watch.of("Interface", "name", "ofport", "error")), LIMIT)
        .deliverTo(
            update -> {
              for (RowUpdate row : update.rows()) {
                if (row instanceof RowUpdate.Modified modified) {
                  ports.add(modified.now().text("name") + modified.now().optionalInteger("ofport"));
                }
              }
            });
    Vswitchd.Commit tunnel = progress.transact(Changes.tunnels("br-extun", 0, 1), LIMIT);
    assertThat(progress.awaitApplied(tunnel.configuration(), LIMIT)).isTrue();
    assertThat(server.vsctl("get", "Interface", "tun-vxlan0", "ofport")).isEqualTo("1");
    Awaitility.await().atMost(LIMIT).until(() -> ports.contains("tun-vxlan0Optional[1]"));
    assertThat(connection.end()).isEmpty();
  }

  private String log() {
    try {
      return Files.readString(directory.resolve("vswitchd.log"));
    } catch (IOException e) {
      return e.toString();
    }
  }
}
