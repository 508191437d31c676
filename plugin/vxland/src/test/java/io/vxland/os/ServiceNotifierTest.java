package io.vxland.os;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The datagrams as another program receives them. */
final class ServiceNotifierTest {
  @TempDir private Path directory;
  private Path received;
  private Process receiver;

  @BeforeEach
  void noReceiverYet() {
    received = directory.resolve("received");
  }

  @AfterEach
  void endReceiver() throws InterruptedException {
    if (receiver != null) {
      receiver.destroy();
      receiver.waitFor();
    }
  }

  @Test
  void aSocketWithAPathHearsEveryMessage() throws IOException {
    Path socket = directory.resolve("notify");
    receive("UNIX-RECV:" + socket);
    await().until(() -> Files.exists(socket));

    everyMessageArrives(socket.toString());
  }

  @Test
  void anAbstractSocketHearsEveryMessage() throws IOException {
    String name = "vxland-test-" + UUID.randomUUID();
    receive("ABSTRACT-RECV:" + name);
    await().until(() -> Files.readString(Path.of("/proc/net/unix")).contains("@" + name));

    everyMessageArrives("@" + name);
  }

  private void everyMessageArrives(String socket) {
    ServiceNotifier notifier = ServiceNotifier.fromEnvironment(Map.of("NOTIFY_SOCKET", socket));
    final long before = System.nanoTime() / 1_000;

    assertThat(notifier.isListening()).isTrue();
    assertThat(notifier.ready("3 networks,\n41 endpoints")).isTrue();
    arrived("READY=1\nSTATUS=3 networks, 41 endpoints");
    assertThat(notifier.status("in sync: grün")).isTrue();
    arrived("STATUS=in sync: grün");
    assertThat(notifier.watchdog()).isTrue();
    arrived("WATCHDOG=1");
    assertThat(notifier.stopping("bye")).isTrue();
    arrived("STOPPING=1\nSTATUS=bye");
    assertThat(notifier.reloading()).isTrue();
    arrived("RELOADING=1\nMONOTONIC_USEC=");
    String text = received();
    String micros = text.substring(text.indexOf("USEC=") + 5).strip();
    assertThat(new BigInteger(micros).longValueExact())
        .isBetween(before, System.nanoTime() / 1_000);
  }

  @Test
  void withoutAManagerEveryCallDoesNothing() {
    ServiceNotifier notifier = ServiceNotifier.fromEnvironment(Map.of());

    assertThat(notifier.isListening()).isFalse();
    assertThat(notifier.ready("")).isFalse();
    assertThat(notifier.watchdogInterval()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/", "@", "relative", "vsock:2:1234"})
  void anAddressThatIsNoneIsNobody(String address) {
    assertThat(ServiceNotifier.fromEnvironment(Map.of("NOTIFY_SOCKET", address)).isListening())
        .isFalse();
  }

  @Test
  void anAddressLongerThanTheKernelsIsNobody() {
    String address = "/" + "x".repeat(107);

    assertThat(NotifySocket.address(address)).isNull();
    assertThat(NotifySocket.address(address.substring(1))).isNull();
    assertThat(NotifySocket.address(address.substring(0, 107))).hasSize(110);
    assertThat(NotifySocket.address("@" + address.substring(1))).hasSize(110);
  }

  @Test
  void aManagerThatIsGoneIsNoError() {
    ServiceNotifier notifier =
        ServiceNotifier.fromEnvironment(
            Map.of("NOTIFY_SOCKET", directory.resolve("gone").toString()));

    assertThat(notifier.ready("")).isFalse();
  }

  @Test
  void aWatchdogIsAnsweredTwiceAsOftenAsItAsks() {
    Map<String, String> environment = new HashMap<>(Map.of("WATCHDOG_USEC", "30000000"));
    assertThat(ServiceNotifier.fromEnvironment(environment).watchdogInterval())
        .contains(Duration.ofSeconds(15));

    environment.put("WATCHDOG_PID", Long.toString(ProcessHandle.current().pid()));
    assertThat(ServiceNotifier.fromEnvironment(environment).watchdogInterval())
        .contains(Duration.ofSeconds(15));

    environment.put("WATCHDOG_PID", "1");
    assertThat(ServiceNotifier.fromEnvironment(environment).watchdogInterval()).isEmpty();

    assertThat(ServiceNotifier.fromEnvironment(Map.of("WATCHDOG_USEC", "-1")).watchdogInterval())
        .isEmpty();
  }

  private void receive(String address) throws IOException {
    receiver =
        new ProcessBuilder("socat", "-u", address, "OPEN:" + received + ",creat,append").start();
  }

  private void arrived(String message) {
    await().atMost(Duration.ofSeconds(10)).until(() -> received().contains(message));
  }

  private String received() {
    try {
      return Files.exists(received) ? Files.readString(received, UTF_8) : "";
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
