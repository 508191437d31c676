package io.vxland.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.plan.Problem;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** VMs that start, with and without a call of the hook. */
class HookCallsTest {
  private static final UUID VM = new UUID(0, 1);

  private final AtomicLong now = new AtomicLong();
  private final HookCalls calls = new HookCalls(now::get);

  private void later() {
    now.addAndGet(Duration.ofMinutes(1).toNanos());
  }

  @Test
  void aVmWhoseHookHasCalledIsFine() {
    later();
    calls.called(VM);
    calls.called(VM);
    calls.started(VM, "a");
    assertThat(calls.get()).isEqualTo(Findings.NONE);
  }

  @Test
  void oneWithoutACallIsNamedUntilAHookCalls() {
    later();
    calls.called(VM);
    calls.started(VM, "a");
    later();
    calls.started(VM, "a");
    assertThat(calls.get().warnings())
        .extracting(Problem::message)
        .allMatch(message -> message.startsWith("VM 'a' has started"))
        .hasSize(1);
    calls.called(new UUID(0, 2));
    assertThat(calls.get()).isEqualTo(Findings.NONE);
  }

  @Test
  void oneThatStartsWithTheDaemonTellsNothing() {
    calls.started(VM, "a");
    assertThat(calls.get()).isEqualTo(Findings.NONE);
  }
}
