package io.vxland.tests.os;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.os.RealTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class RealTimeKernelTest {
  private static final String USUAL = "0";
  private static final String ROUND_ROBIN = "2";

  @Test
  void aThreadIsRealTimeAndThoseThatItStartsAreNot() throws Exception {
    List<String> policies = new ArrayList<>();
    AtomicReference<Optional<String>> refusal = new AtomicReference<>();
    Thread thread =
        new Thread(
            () -> {
              policies.add(policy());
              refusal.set(RealTime.claim());
              policies.add(policy());
              Thread child = new Thread(() -> policies.add(policy()));
              child.start();
              join(child);
            });
    thread.start();
    thread.join();
    // A container may be without CAP_SYS_NICE; then there are the kernel's words.
    if (refusal.get().isEmpty()) {
      assertThat(policies).containsExactly(USUAL, ROUND_ROBIN, USUAL);
    } else {
      assertThat(refusal.get()).contains("real-time priority 1: Operation not permitted");
      assertThat(policies).containsOnly(USUAL);
    }
  }

  /** Field 41 of proc_pid_stat(5); the second, in brackets, may contain anything. */
  private static String policy() {
    try {
      String stat = Files.readString(Path.of("/proc/thread-self/stat"));
      return stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[41 - 3];
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
