package io.vxland.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.api.server.ApiServer;
import io.vxland.api.server.ApiServerException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Scripts wait for a host that comes up. */
class StatusWaitTest extends VxctlScene {
  @Test
  void aLibvirtThatIsStartingIsNoErrorButNothingToGoOnWith() {
    operations.awaitLibvirt();
    Outcome outcome = vxctl("status");
    assertThat(outcome.exit()).isZero();
    assertThat(outcome.out())
        .contains("  Libvirt:      qemu:///system, not up yet, waited for since 2 s: Connection");
    assertThat(vxctl("status", "--wait", "0").exit()).isEqualTo(4);
  }

  @Test
  void waitingEndsAsSoonAsTheHostIsInSyncAndPrintsIt() {
    operations.awaitLibvirt();
    AtomicInteger looks = new AtomicInteger();
    Outcome outcome =
        vxctl(
            () -> {
              if (looks.incrementAndGet() == 3) {
                operations.recover();
              }
              return true;
            },
            "status",
            "--wait",
            "3600");
    assertThat(looks).hasValue(3);
    assertThat(outcome.exit()).isZero();
    assertThat(outcome.out()).contains("in sync since", "qemu:///system, connected");
  }

  @Test
  void waitingInVainPrintsTheStatusAndIsExitCodeFour() {
    operations.fallIll();
    Outcome outcome = vxctl("status", "--wait", "0");
    assertThat(outcome.exit()).isEqualTo(4);
    assertThat(outcome.out()).contains("not in sync, 2 changes pending");
    assertThat(vxctl("--json", "status", "--wait", "0").exit()).isEqualTo(4);
  }

  @Test
  void aDaemonThatIsNotThereYetIsWaitedForToo() throws Exception {
    server.close();
    AtomicInteger looks = new AtomicInteger();
    Outcome outcome =
        vxctl(
            () -> {
              if (looks.incrementAndGet() == 2) {
                startDaemon();
              }
              return true;
            },
            "status",
            "--wait",
            "3600");
    assertThat(outcome.exit()).isZero();
    server.close();
    assertThat(vxctl("status", "--wait", "0").exit()).isEqualTo(Exit.UNREACHABLE);
  }

  private void startDaemon() {
    try {
      server = ApiServer.start(socket, operations, (id, request, cause) -> {});
    } catch (ApiServerException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  @Test
  void aTimeThatIsNoneIsRefused() {
    assertThat(vxctl("status", "--wait", "-1").exit()).isEqualTo(2);
    assertThat(vxctl("status", "--wait", "soon").exit()).isEqualTo(2);
  }
}
