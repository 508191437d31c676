package io.vxland.dataplane.ovs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SwitchDaemonTest {
  @TempDir Path directory;
  private SwitchDaemon daemon;

  @BeforeEach
  void create() {
    daemon = new SwitchDaemon(directory);
  }

  private ServerSocketChannel listen(String name) throws IOException {
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(directory.resolve(name)));
    return server;
  }

  @Test
  void whoListensRuns() throws Exception {
    try (ServerSocketChannel server = listen("ovs-vswitchd.7.ctl")) {
      assertThat(server.isOpen()).isTrue();
      assertThat(daemon.trouble()).isEmpty();
    }
    assertThat(daemon.trouble().orElseThrow()).contains("ovs-vswitchd.7.ctl", "refused");
  }

  @Test
  void itIsFoundBesideTheSocketsOfThoseThatWereKilled() throws Exception {
    listen("ovs-vswitchd.7.ctl").close();
    listen("ovs-vswitchd.9.ctl").close();
    listen("ovsdb-server.8.ctl").close();
    assertThat(daemon.trouble()).isPresent();
    try (ServerSocketChannel server = listen("ovs-vswitchd.8.ctl")) {
      assertThat(server.isOpen()).isTrue();
      assertThat(daemon.trouble()).isEmpty();
    }
  }

  @Test
  void withoutASocketOrADirectoryThereIsNone() {
    assertThat(daemon.trouble().orElseThrow()).contains("no socket");
    assertThat(new SwitchDaemon(directory.resolve("missing")).trouble().orElseThrow())
        .contains("cannot read");
  }
}
