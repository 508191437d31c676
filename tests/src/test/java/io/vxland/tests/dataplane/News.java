package io.vxland.tests.dataplane;

import io.vxland.dataplane.linux.RulesetWatch;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Counts what a watch of the ruleset tells, which never goes deaf. */
final class News implements RulesetWatch.Listener {
  private final AtomicInteger count = new AtomicInteger();
  private final Consumer<RulesetWatch.Part> taker;

  /**
   * Creates it.
   *
   * @param taker does what the daemon does with each
   */
  News(Consumer<RulesetWatch.Part> taker) {
    this.taker = taker;
  }

  int count() {
    return count.get();
  }

  @Override
  public void changed(Set<RulesetWatch.Part> parts) {
    parts.forEach(taker);
    count.incrementAndGet();
  }

  @Override
  public void deaf(String reason) {
    throw new AssertionError(reason);
  }

  @Override
  public void listening() {}
}
