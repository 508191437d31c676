package io.vxland.daemon;

import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of a thread that ends by a bug: the daemon ends with it, for without that thread it
 * would look alive and not be, and the service manager starts another. The networks stay.
 */
final class EndOnBug implements Thread.UncaughtExceptionHandler {
  private static final Logger log = LoggerFactory.getLogger(EndOnBug.class);

  /** EX_SOFTWARE of sysexits.h. */
  static final int STATUS = 70;

  private final IntConsumer halt;

  /**
   * Creates it.
   *
   * @param halt ends the process at once with a status; no other thread is waited for
   */
  EndOnBug(IntConsumer halt) {
    this.halt = halt;
  }

  @Override
  public void uncaughtException(Thread thread, Throwable bug) {
    try {
      log.error(
          "bug in vxland, please report it: thread '{}' has ended; vxland exits, and systemd"
              + " starts it again; the networks stay",
          thread.getName(),
          bug);
    } finally {
      // Also if there is no memory or stack left to say it.
      halt.accept(STATUS);
    }
  }
}
