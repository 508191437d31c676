package io.vxland.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Says when to look again. */
@FunctionalInterface
interface Pulse {
  /** Waits until it is time to look again; false if there is no more reason to. */
  boolean next();

  /** One that beats for ever, until its thread is interrupted. */
  static Pulse every(Duration period) {
    CountDownLatch never = new CountDownLatch(1);
    return () -> {
      try {
        return !never.await(period.toMillis(), TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    };
  }
}
