package io.vxland.architecture.broken.model;

import java.time.Instant;

/** Values that are others tomorrow. */
public final class ReadsClocks {
  private ReadsClocks() {}

  /** One way. */
  public static long nanos() {
    return System.nanoTime();
  }

  /** Another. */
  public static Instant instant() {
    return Instant.now();
  }
}
