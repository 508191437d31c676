package io.vxland.libvirt;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SocketWatchTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({
    "qemu:///system, /run/libvirt",
    "qemu+unix:///system, /run/libvirt",
    "qemu+unix:///system?socket=/srv/virt/libvirt-sock, /srv/virt",
    "qemu:///system?socket=/srv/virt/sock&mode=legacy, /srv/virt",
    "qemu+unix:///system?mode=direct, /run/libvirt",
    "qemu+tcp://hv2/system,",
    "qemu+unix://hv2/system,",
    "qemu+ssh:///system,",
    "qemu:///session,",
    "test:///default,",
    "qemu:///system?socket=relative, /run/libvirt",
    "no uri at all,",
  })
  void whereSocketsAreIsInTheUri(String uri, Path expected) {
    assertThat(SocketWatch.directory(uri)).isEqualTo(Optional.ofNullable(expected));
  }

  @Test
  void aSocketIsSeenToCome() throws Exception {
    try (SocketWatch watch = SocketWatch.over(directory)) {
      Files.createFile(directory.resolve("libvirt-sock"));
      assertThat(watch.await(LIMIT)).isTrue();
    }
  }

  @Test
  void itIsSeenAlsoIfItsDirectoryIsNotThereYetOrIsMadeAnew() throws Exception {
    Path sockets = directory.resolve("run/libvirt");
    try (SocketWatch watch = SocketWatch.over(sockets)) {
      for (int round = 0; round < 2; round++) {
        Files.createDirectories(sockets);
        Files.createFile(sockets.resolve("libvirt-sock"));
        assertThat(awaitTrue(watch)).isTrue();
        Files.delete(sockets.resolve("libvirt-sock"));
        Files.delete(sockets);
        Files.delete(sockets.getParent());
        while (watch.await(Duration.ofMillis(200))) {
          // News of what was deleted.
        }
      }
    }
  }

  private static boolean awaitTrue(SocketWatch watch) throws Exception {
    for (int i = 0; i < 10; i++) {
      if (watch.await(LIMIT)) {
        return true;
      }
    }
    return false;
  }

  @Test
  void whatIsMadeBesideItIsNoNews() throws Exception {
    try (SocketWatch watch = SocketWatch.over(directory.resolve("libvirt"))) {
      Files.createFile(directory.resolve("something"));
      assertThat(watch.await(LIMIT)).isFalse();
    }
  }
}
