package io.vxland.os;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Signals sent by another process. */
final class SignalsTest {
  @Test
  void hangupAsksForAReloadEachTime() throws Exception {
    AtomicInteger reloads = new AtomicInteger();
    Signals.onReload(reloads::incrementAndGet);

    kill("HUP");
    await().until(() -> reloads.get() == 1);
    kill("HUP");
    await().until(() -> reloads.get() == 2);
  }

  @Test
  void termAndIntAskForAStop() throws Exception {
    AtomicInteger stops = new AtomicInteger();
    Signals.onStop(stops::incrementAndGet);

    kill("TERM");
    await().until(() -> stops.get() == 1);
    kill("INT");
    await().until(() -> stops.get() == 2);
  }

  private static void kill(String signal) throws Exception {
    String self = Long.toString(ProcessHandle.current().pid());
    assertThat(new ProcessBuilder("kill", "-" + signal, self).start().waitFor()).isZero();
  }
}
