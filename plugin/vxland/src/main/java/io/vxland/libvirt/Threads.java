package io.vxland.libvirt;

import java.time.Duration;

/** Ends threads within a time limit. */
final class Threads {
  private Threads() {}

  /** Waits for a thread to end, then interrupts it; does nothing on that thread itself. */
  static void end(Thread thread, Duration limit) {
    if (thread == Thread.currentThread()) {
      return;
    }
    try {
      thread.join(Math.max(1, limit.toMillis()));
      if (thread.isAlive()) {
        thread.interrupt();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
