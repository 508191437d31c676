package io.vxland.dataplane.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.dataplane.linux.UdpSockets.Holder;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who has a UDP port. */
class UdpSocketsTest {
  private static final String V4 =
      " 2809: 00000000:12B5 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0"
          + " 141599723 2 000000008fd2fd17 0";
  private static final String V6 =
      " 2809: 00000000000000000000000000000000:12B5 00000000000000000000000000000000:0000 07"
          + " 00000000:00000000 00:00000000 00000000     0        0 141599723 2 00000000794a59ed 0";

  @TempDir Path proc;

  @ParameterizedTest
  @ValueSource(strings = {V4, V6})
  void aLineOfTheKernelsTableTellsItsSocket(String line) {
    assertThat(UdpSockets.inode(line, 4789)).contains("141599723");
    assertThat(UdpSockets.inode(line, 4790)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout"
            + " inode ref pointer drops",
        "1: 12B5",
        "1: 0:zz 0:0 07 0:0 0:0 0 0 0 1 2 0 0"
      })
  void anythingElseTellsNothing(String line) {
    assertThat(UdpSockets.inode(line, 4789)).isEqualTo(Optional.empty());
  }

  @Test
  void aSocketOfThisProcessIsItsOwn() throws IOException {
    UdpSockets sockets = new UdpSockets(Path.of("/proc"));
    int port;
    try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
      assertThat(sockets.holder(port))
          .isInstanceOfSatisfying(
              Holder.Program.class,
              process -> assertThat(process.pid()).isEqualTo(ProcessHandle.current().pid()));
    }
    assertThat(sockets.holder(port)).isEqualTo(new Holder.Nobody());
  }

  @Test
  void aSocketThatNoProcessHasIsTheKernels() throws IOException {
    Files.createDirectories(proc.resolve("self/net"));
    Files.writeString(proc.resolve("self/net/udp"), V4 + "\n");
    Path process = Files.createDirectories(proc.resolve("7/fd"));
    Files.createSymbolicLink(process.resolve("0"), Path.of("socket:[1]"));
    UdpSockets sockets = new UdpSockets(proc);
    assertThat(sockets.holder(4789)).isEqualTo(new Holder.Kernel());
    Files.createSymbolicLink(process.resolve("1"), Path.of("socket:[141599723]"));
    Files.writeString(proc.resolve("7/comm"), "evil\u001b[2J\n");
    assertThat(sockets.holder(4789)).isEqualTo(new Holder.Program("evil?[2J", 7));
  }

  @Test
  void whoMayNotLookIntoAllProcessesDoesNotGuess() throws IOException {
    Files.createDirectories(proc.resolve("self/net"));
    Files.writeString(proc.resolve("self/net/udp"), V4 + "\n");
    Files.createDirectories(proc.resolve("7"));
    assertThat(new UdpSockets(proc).holder(4789)).isEqualTo(new Holder.Unknown());
  }
}
