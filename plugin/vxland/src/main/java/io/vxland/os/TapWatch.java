package io.vxland.os;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import io.vxland.model.InterfaceName;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Listens to what guests say of their addresses, on their taps: ARP, Neighbor Discovery, and DHCP
 * requests, nothing else. One thread has all the sockets; it waits for them by poll(2).
 *
 * <p>A tap that tells more than {@link #FRAMES} frames a second is not listened to for the rest of
 * the second, so a guest that floods wakes nobody.
 */
public final class TapWatch implements AutoCloseable {
  /** Most frames of one tap within a second. */
  public static final int FRAMES = 200;

  private static final long SECOND = 1_000_000_000L;
  private static final long CLOSE_MS = 2_000;
  private static final long FIRST_PAUSE_MS = 100;
  private static final long LAST_PAUSE_MS = 5_000;

  /** Linux, include/uapi/linux/eventfd.h: EFD_CLOEXEC | EFD_NONBLOCK. */
  private static final int CLOSED_ON_EXEC_AND_NONBLOCKING = 0x80800;

  private static final short POLLIN = 1;

  /** struct pollfd: the descriptor, what is waited for, and what has come. */
  private static final int POLLED = 8;

  private static final int ENODEV = 19;
  private static final int EINTR = 4;

  private static final class Libc {
    static {
      Native.register(Libc.class, "c");
    }

    private Libc() {}

    static native int eventfd(int value, int flags) throws LastErrorException;

    static native long write(int fd, byte[] bytes, long length) throws LastErrorException;

    static native long read(int fd, byte[] bytes, long length) throws LastErrorException;

    static native int poll(Pointer descriptors, long count, int timeout) throws LastErrorException;

    static native int close(int fd) throws LastErrorException;

    static native String strerror(int errno);
  }

  /** Gets to know what is heard, on the watch's thread. */
  public interface Listener {
    /**
     * A guest has sent something of interest.
     *
     * @param frame its beginning, from the destination address on
     */
    void heard(InterfaceName tap, byte[] frame);

    /**
     * What taps were told is done.
     *
     * @param refused the taps that are there and cannot be listened to, and why
     */
    void arranged(SortedMap<InterfaceName, String> refused);

    /**
     * Nothing is heard any more, and the watch tries again from now on. Called once.
     *
     * @param reason in the kernel's words
     */
    void lost(String reason);

    /** It can listen again; {@link #arranged} follows. */
    void regained();
  }

  private final int enough;
  private final Listener listener;
  private final int alarm;
  private final Thread thread = new Thread(this::run, "taps");
  private final Map<InterfaceName, Ear> ears = new HashMap<>();
  private volatile Set<InterfaceName> wanted = Set.of();
  private volatile boolean told;
  private volatile boolean closed;
  private final CountDownLatch closing = new CountDownLatch(1);

  /** The thread's: the last poll has failed. */
  private boolean broken;

  /** One tap's socket, and how much it has told this second. */
  private static final class Ear {
    private final InterfaceName tap;
    private final TapSocket socket;
    private long since;
    private int frames;

    Ear(InterfaceName tap, TapSocket socket) {
      this.tap = tap;
      this.socket = socket;
    }

    /** How many frames may still be taken. */
    int budget(long now) {
      if (now - since >= SECOND) {
        since = now;
        frames = 0;
      }
      return FRAMES - frames;
    }
  }

  private TapWatch(int enough, Listener listener) {
    this.enough = enough;
    this.listener = listener;
    this.alarm = Libc.eventfd(0, CLOSED_ON_EXEC_AND_NONBLOCKING);
    thread.setDaemon(true);
  }

  /**
   * Starts it, in the network namespace of this thread, with no taps.
   *
   * @param enough how many bytes of a frame are kept
   * @throws IOException if the process has no descriptor left
   */
  public static TapWatch start(int enough, Listener listener) throws IOException {
    try {
      TapWatch watch = new TapWatch(enough, listener);
      watch.thread.start();
      return watch;
    } catch (LastErrorException refused) {
      throw new IOException("eventfd: " + Libc.strerror(refused.getErrorCode()), refused);
    }
  }

  /**
   * Listens to these taps from now on, and to no others. One that is not there, or not any more, is
   * left out until taps are told again.
   */
  public void listen(Set<InterfaceName> taps) {
    wanted = Set.copyOf(taps);
    told = true;
    wake();
  }

  private void wake() {
    byte[] one = {1, 1, 1, 1, 1, 1, 1, 1};
    try {
      Libc.write(alarm, one, one.length);
    } catch (LastErrorException fullOrClosed) {
      // Somebody else has woken it already.
    }
  }

  private void run() {
    try {
      long pause = FIRST_PAUSE_MS;
      while (!closed) {
        try {
          if (told && !broken) {
            told = false;
            arrange();
          }
          attend();
          if (broken) {
            broken = false;
            listener.regained();
          } else {
            pause = FIRST_PAUSE_MS;
          }
        } catch (LastErrorException refused) {
          startAnew("poll: " + Libc.strerror(refused.getErrorCode()));
          if (closing.await(pause, TimeUnit.MILLISECONDS)) {
            return;
          }
          pause = Math.min(2 * pause, LAST_PAUSE_MS);
        }
      }
    } catch (InterruptedException ending) {
      // So it ends.
    } finally {
      dropAll();
    }
  }

  private void startAnew(String reason) {
    if (!broken) {
      broken = true;
      listener.lost(reason);
    }
    dropAll();
    told = true;
  }

  private void dropAll() {
    ears.values().forEach(ear -> ear.socket.close());
    ears.clear();
  }

  private void arrange() {
    Set<InterfaceName> taps = wanted;
    ears.values()
        .removeIf(
            ear -> {
              boolean over = !taps.contains(ear.tap);
              if (over) {
                ear.socket.close();
              }
              return over;
            });
    SortedMap<InterfaceName, String> refused = new TreeMap<>();
    for (InterfaceName tap : taps) {
      if (!ears.containsKey(tap)) {
        open(tap).ifPresent(reason -> refused.put(tap, reason));
      }
    }
    listener.arranged(refused);
  }

  /** Returns why it could not be opened, although it is there. */
  private Optional<String> open(InterfaceName tap) {
    try {
      ears.put(tap, new Ear(tap, TapSocket.open(tap, enough)));
      return Optional.empty();
    } catch (LastErrorException refused) {
      return refused.getErrorCode() == ENODEV
          ? Optional.empty()
          : Optional.of(Libc.strerror(refused.getErrorCode()));
    }
  }

  /** Waits until a tap tells something, or one that told too much may go on. */
  private void attend() {
    long now = System.nanoTime();
    List<Ear> open = new ArrayList<>();
    long left = Long.MAX_VALUE;
    for (Ear ear : ears.values()) {
      if (ear.budget(now) > 0) {
        open.add(ear);
      } else {
        left = Math.min(left, ear.since + SECOND - now);
      }
    }
    // After an error the first poll only shows whether it is over.
    left = broken ? 0 : left;
    int timeout = left == Long.MAX_VALUE ? -1 : (int) TimeUnit.NANOSECONDS.toMillis(left) + 1;
    try (Memory polled = new Memory((open.size() + 1L) * POLLED)) {
      poll(polled, 0, alarm);
      for (int i = 0; i < open.size(); i++) {
        poll(polled, i + 1, open.get(i).socket.descriptor());
      }
      if (!await(polled, open.size() + 1, timeout)) {
        return;
      }
      if (came(polled, 0)) {
        quiet();
      }
      for (int i = 0; i < open.size(); i++) {
        if (came(polled, i + 1)) {
          take(open.get(i));
        }
      }
    }
  }

  private static void poll(Memory polled, int index, int descriptor) {
    polled.setInt((long) index * POLLED, descriptor);
    polled.setShort((long) index * POLLED + 4, POLLIN);
    polled.setShort((long) index * POLLED + 6, (short) 0);
  }

  private static boolean came(Memory polled, int index) {
    return polled.getShort((long) index * POLLED + 6) != 0;
  }

  private static boolean await(Memory polled, int count, int timeout) {
    try {
      return Libc.poll(polled, count, timeout) > 0;
    } catch (LastErrorException failed) {
      if (failed.getErrorCode() == EINTR) {
        return false;
      }
      throw failed;
    }
  }

  private void quiet() {
    byte[] count = new byte[Long.BYTES];
    try {
      Libc.read(alarm, count, count.length);
    } catch (LastErrorException alreadyQuiet) {
      // It was read in the round before.
    }
  }

  /** A tap that is down or gone has told all it will; it is opened anew when taps are told. */
  private void take(Ear ear) {
    try {
      for (int left = ear.budget(System.nanoTime()); left > 0; left--) {
        Optional<byte[]> frame = ear.socket.next();
        if (frame.isEmpty()) {
          return;
        }
        ear.frames++;
        listener.heard(ear.tap, frame.get());
      }
    } catch (LastErrorException gone) {
      ear.socket.close();
      ears.remove(ear.tap);
    }
  }

  /** Ends it; after that nothing is heard any more. */
  @Override
  public void close() {
    closed = true;
    closing.countDown();
    wake();
    try {
      thread.join(CLOSE_MS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    if (!thread.isAlive()) {
      Libc.close(alarm);
    }
  }
}
