package io.vxland.os;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import java.util.Optional;

/**
 * Lets a thread go before all that is not real-time, as soon as it has something to do
 * (sched_setscheduler(2), sched(7)). For threads that wait nearly always and then have little to
 * do: while one runs, its CPU does nothing else.
 */
public final class RealTime {
  /** Linux, include/uapi/linux/sched.h: SCHED_RR. */
  private static final int ROUND_ROBIN = 2;

  /**
   * Linux, include/uapi/linux/sched.h: SCHED_RESET_ON_FORK; threads that it starts are usual ones.
   */
  private static final int NOT_INHERITED = 0x4000_0000;

  /** The lowest of real-time priorities. */
  private static final int PRIORITY = 1;

  private static final int THIS_THREAD = 0;

  private static final class Libc {
    static {
      Native.register(Libc.class, "c");
    }

    private Libc() {}

    static native int sched_setscheduler(int thread, int policy, int[] priority)
        throws LastErrorException;

    static native String strerror(int errno);
  }

  private RealTime() {}

  /**
   * Makes this thread a real-time one. Needs CAP_SYS_NICE, or a limit RLIMIT_RTPRIO of 1 or more.
   *
   * @return why that is not allowed, in the kernel's words; empty if it is done
   */
  public static Optional<String> claim() {
    try {
      Libc.sched_setscheduler(THIS_THREAD, ROUND_ROBIN | NOT_INHERITED, new int[] {PRIORITY});
      return Optional.empty();
    } catch (LastErrorException refused) {
      return Optional.of(
          "real-time priority " + PRIORITY + ": " + Libc.strerror(refused.getErrorCode()));
    }
  }
}
