package io.vxland.api;

/** Durations in ms as they stand in records. */
final class Millis {
  private Millis() {}

  /**
   * Rounds to a microsecond, so that the JSON is short.
   *
   * @throws IllegalArgumentException if it is negative or no number
   */
  static double exact(double millis) {
    if (!(millis >= 0 && millis < Long.MAX_VALUE / 1000.0)) {
      throw new IllegalArgumentException(millis + " is no duration in ms");
    }
    return Math.round(millis * 1000) / 1000.0;
  }
}
