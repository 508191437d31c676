package io.vxland.tests.support;

import java.util.EnumMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What the time of the tests in this process goes to. Every moment counts once, also while several
 * threads are at work: as the first kind, in the order of {@link On}, that one of them spends it
 * on.
 */
public final class Spent {
  private static final Spent HERE = new Spent();

  /** What time is spent on. */
  public enum On {
    /** Labs come up and go down. */
    LABS,
    /** Guests are started and boot. */
    BOOTS,
    /** A condition is waited for; what it takes to look at it is in this. */
    WAITS,
    /** Other commands run: those of labs, of hosts, of guests, and tools of this machine. */
    COMMANDS,
    /** None of these: the JVM itself, and processes that a test talks to. */
    REST
  }

  private final Map<On, Integer> going = new EnumMap<>(On.class);
  private final Map<On, Long> nanos = new EnumMap<>(On.class);
  private long since = System.nanoTime();

  private Spent() {
    restart();
  }

  /** Does something whose time counts as that kind. */
  public static <T> T on(On what, Supplier<T> work) {
    HERE.begin(what);
    try {
      return work.get();
    } finally {
      HERE.end(what);
    }
  }

  /** Something that counts as that kind begins; {@link #ended} must follow. */
  static void began(On what) {
    HERE.begin(what);
  }

  /** Something that counts as that kind has ended. */
  static void ended(On what) {
    HERE.end(what);
  }

  /** The nanoseconds since the last call, by kind; counting begins anew. */
  static Map<On, Long> taken() {
    return HERE.take();
  }

  private synchronized void begin(On what) {
    count();
    going.merge(what, 1, Integer::sum);
  }

  private synchronized void end(On what) {
    count();
    // Not below nothing: what began before a restart may end after it.
    going.merge(what, 0, (now, none) -> Math.max(0, now - 1));
  }

  private synchronized Map<On, Long> take() {
    count();
    Map<On, Long> taken = new EnumMap<>(nanos);
    restart();
    return taken;
  }

  private void restart() {
    for (On what : On.values()) {
      going.put(what, 0);
      nanos.put(what, 0L);
    }
    going.put(On.REST, 1);
  }

  private void count() {
    long now = System.nanoTime();
    for (On what : On.values()) {
      if (going.get(what) > 0) {
        nanos.merge(what, now - since, Long::sum);
        break;
      }
    }
    since = now;
  }
}
