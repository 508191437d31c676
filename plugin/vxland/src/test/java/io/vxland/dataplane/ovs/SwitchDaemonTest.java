package io.vxland.dataplane.ovs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SwitchDaemonTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir Path directory;
  private final AtomicInteger woken = new AtomicInteger();

  private ServerSocketChannel listen(String name) throws IOException {
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(directory.resolve(name)));
    return server;
  }

  private SwitchDaemon watch() {
    return SwitchDaemon.watch(directory, woken::incrementAndGet);
  }

  @Test
  void aDaemonThatRunsIsKnownAtOnceAndSoIsItsEnd() throws Exception {
    ServerSocketChannel server = listen("ovs-vswitchd.7.ctl");
    try (SwitchDaemon daemon = watch()) {
      try (server;
          SocketChannel connection = server.accept()) {
        assertThat(connection.isConnected()).isTrue();
        assertThat(daemon.trouble()).isEmpty();
      }
      await().atMost(SOON).until(() -> daemon.trouble().isPresent());
      await().atMost(SOON).until(() -> woken.get() >= 1);
    }
  }

  @Test
  void aDaemonThatComesUnderAnotherNumberIsFoundBesideTheSocketOfOneThatWasKilled()
      throws Exception {
    listen("ovs-vswitchd.7.ctl").close();
    try (SwitchDaemon daemon = watch()) {
      assertThat(daemon.trouble()).isPresent();
      try (ServerSocketChannel server = listen("ovs-vswitchd.8.ctl")) {
        await().atMost(SOON).until(() -> daemon.trouble().isEmpty());
        assertThat(server.isOpen()).isTrue();
        await().atMost(SOON).until(() -> woken.get() == 1);
      }
    }
  }

  @Test
  void withoutADirectoryThereIsNone() {
    try (SwitchDaemon daemon =
        SwitchDaemon.watch(directory.resolve("missing"), woken::incrementAndGet)) {
      assertThat(daemon.trouble().orElseThrow()).contains("missing");
    }
  }
}
