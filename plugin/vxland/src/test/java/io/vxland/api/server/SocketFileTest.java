package io.vxland.api.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SocketFileTest {
  @TempDir Path directory;

  @Test
  void theSocketIsForItsOwnerAndTheGroupOfItsDirectory() throws Exception {
    try (ServerFixture fixture = ServerFixture.in(directory)) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(fixture.socket)))
          .isEqualTo("rw-rw----");
      assertThat(Files.getAttribute(fixture.socket, "unix:gid"))
          .isEqualTo(Files.getAttribute(directory, "unix:gid"));
    }
  }

  @Test
  void closingLeavesNothing() throws Exception {
    ServerFixture.in(directory).close();
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void theSocketOfADeadDaemonIsReplaced() throws Exception {
    Path socket = directory.resolve("api.sock");
    leaveBehind(socket);
    leaveBehind(directory.resolve("api.sock.new"));
    try (ServerFixture fixture = ServerFixture.in(directory)) {
      assertThat(fixture.curl().get("/v1/version").status()).isEqualTo(200);
    }
    assertThat(directory).isEmptyDirectory();
  }

  private static void leaveBehind(Path socket) throws Exception {
    try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      dead.bind(UnixDomainSocketAddress.of(socket));
    }
  }

  @Test
  void aLiveDaemonIsNotDisturbed() throws Exception {
    try (ServerFixture fixture = ServerFixture.in(directory)) {
      assertThatThrownBy(() -> ServerFixture.in(directory))
          .isInstanceOf(ApiServerException.class)
          .hasMessage(
              "another vxland answers on "
                  + fixture.socket
                  + "; stop it first (systemctl stop vxland)");
      assertThat(fixture.curl().get("/v1/version").status()).isEqualTo(200);
    }
  }

  @Test
  void aFileThatIsNoSocketStays() throws Exception {
    Path file = Files.writeString(directory.resolve("api.sock"), "precious");
    assertThatThrownBy(() -> ServerFixture.in(directory))
        .hasMessage(file + " exists and is not a socket; move it away");
    assertThat(file).hasContent("precious");
  }

  @Test
  void aDirectoryThatIsMissingAndAPathThatIsTooLongAreNamed() {
    assertThatThrownBy(() -> ServerFixture.in(directory.resolve("none")))
        .isInstanceOf(ApiServerException.class)
        .hasMessageContaining("none/api.sock");
    assertThatThrownBy(() -> ServerFixture.in(directory.resolve("x".repeat(100))))
        .hasMessageContaining("longer than 103 bytes");
  }

  @Test
  void aSocketOfSomebodyElseInItsPlaceIsNotRemoved() throws Exception {
    ServerFixture fixture = ServerFixture.in(directory);
    Files.delete(fixture.socket);
    leaveBehind(fixture.socket);
    fixture.close();
    assertThat(fixture.socket).exists();
  }
}
