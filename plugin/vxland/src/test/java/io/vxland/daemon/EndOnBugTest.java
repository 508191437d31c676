package io.vxland.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EndOnBugTest {
  private static int deepen(int depth) {
    return depth < 0 ? depth : 1 + deepen(depth + 1);
  }

  @Test
  void aStackThatOverflowsEndsTheDaemonWithAStatusThatSystemdRestarts() throws Exception {
    CompletableFuture<Integer> status = new CompletableFuture<>();
    Thread thread = new Thread(() -> assertThat(deepen(0)).isNegative(), "deep");
    thread.setUncaughtExceptionHandler(new EndOnBug(status::complete));
    thread.start();
    assertThat(status.get(20, TimeUnit.SECONDS)).isEqualTo(70);
  }

  @ParameterizedTest
  @ValueSource(classes = {IllegalStateException.class, OutOfMemoryError.class, LinkageError.class})
  void whateverEndsAThreadEndsTheDaemon(Class<? extends Throwable> kind) throws Exception {
    List<Integer> statuses = new ArrayList<>();
    new EndOnBug(statuses::add)
        .uncaughtException(Thread.currentThread(), kind.getConstructor().newInstance());
    assertThat(statuses).containsExactly(EndOnBug.STATUS);
  }
}
