package io.vxland.dataplane.nft;

/**
 * Whether what was read of a table still counts. Used by one thread, but for {@link #distrust}.
 *
 * <p>The distrust ends before the table is read again: what changes while it is being read, or
 * written, is found by the next reading.
 */
final class Freshness {
  private volatile boolean distrusted = true;

  /** Somebody changed the table, or may have. Any thread may say so. */
  void distrust() {
    distrusted = true;
  }

  /** What the table has is known without reading it. */
  void begins() {
    distrusted = false;
  }

  /** Whether the table is to be read again; if so, the caller reads it now. */
  boolean isOver() {
    if (!distrusted) {
      return false;
    }
    distrusted = false;
    return true;
  }
}
