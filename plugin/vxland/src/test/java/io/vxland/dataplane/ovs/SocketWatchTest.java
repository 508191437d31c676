package io.vxland.dataplane.ovs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Management sockets that come, in a directory that may be another one by then. */
class SocketWatchTest {
  @TempDir private Path directory;

  private final Semaphore woken = new Semaphore(0);

  private void mustWake() throws InterruptedException {
    assertThat(woken.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
  }

  private static ServerSocketChannel serve(Path socket) throws IOException {
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    return server;
  }

  @Test
  void aSocketThatServesIsToldOnceAndOtherFilesAreNot() throws IOException, InterruptedException {
    try (SocketWatch watch = SocketWatch.start(directory, woken::release)) {
      watch.renew();
      Files.createFile(directory.resolve("ovs-vswitchd.pid"));
      Files.createFile(directory.resolve("br-dead.mgmt"));
      try (ServerSocketChannel first = serve(directory.resolve("br-extun.mgmt"))) {
        mustWake();
        assertThat(first.isOpen()).isTrue();
      }
      assertThat(woken.availablePermits()).isZero();
      Files.delete(directory.resolve("br-extun.mgmt"));
      try (ServerSocketChannel again = serve(directory.resolve("br-extun.mgmt"))) {
        mustWake();
        assertThat(again.isOpen()).isTrue();
      }
    }
  }

  @Test
  void aDirectoryThatIsMadeAnewIsWatchedFromTheNextTimeOn()
      throws IOException, InterruptedException {
    Path run = Files.createDirectory(directory.resolve("run"));
    try (SocketWatch watch = SocketWatch.start(run, woken::release)) {
      watch.renew();
      Files.delete(run);
      Files.createDirectory(run);
      watch.renew();
      try (ServerSocketChannel server = serve(run.resolve("br0.mgmt"))) {
        mustWake();
        assertThat(server.isOpen()).isTrue();
      }
    }
  }
}
