package io.vxland.dataplane.nft;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Whether what was read of a table still counts. Used by one thread, but for {@link #distrust}.
 *
 * <p>The distrust ends before the table is read again: what changes while it is being read, or
 * written, is found by the next reading.
 */
final class Freshness {
  private final long limit;
  private final LongSupplier clock;
  private volatile boolean distrusted = true;
  private long since;

  Freshness(Duration limit) {
    this(limit, System::nanoTime);
  }

  /** One with a clock of nanoseconds. */
  Freshness(Duration limit, LongSupplier clock) {
    this.limit = limit.toNanos();
    this.clock = clock;
  }

  /** Somebody changed the table, or may have. Any thread may say so. */
  void distrust() {
    distrusted = true;
  }

  /** Whether the table is to be read again; if so, the caller reads it now. */
  boolean isOver() {
    if (!distrusted && clock.getAsLong() - since <= limit) {
      return false;
    }
    distrusted = false;
    since = clock.getAsLong();
    return true;
  }

  /** What the table has is known from now on, because it was just written. */
  void beginsAnew() {
    since = clock.getAsLong();
  }
}
