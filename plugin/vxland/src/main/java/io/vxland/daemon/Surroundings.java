package io.vxland.daemon;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at intervals at what nobody tells of when it changes, on a thread of its own: no pass and
 * no hook waits for it. Passes take up what it found last.
 */
final class Surroundings implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Surroundings.class);

  /** A look where all is well reads some small files; see {@link BridgeFirewall} for the rest. */
  private static final Duration PAUSE = Duration.ofSeconds(5);

  private final List<Supplier<Findings>> checks;
  private final Runnable changed;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread = new Thread(this::run, "surroundings");
  private volatile Findings findings = Findings.NONE;

  /**
   * Creates it; {@link #start} starts it.
   *
   * @param checks each looks at one thing
   * @param changed is told when something else was found than before
   */
  Surroundings(List<Supplier<Findings>> checks, Runnable changed) {
    this.checks = List.copyOf(checks);
    this.changed = changed;
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** What was found last. */
  Findings findings() {
    return findings;
  }

  private void run() {
    List<Supplier<Findings>> sound = new ArrayList<>(checks);
    try {
      do {
        look(sound);
      } while (!closed.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }

  private void look(List<Supplier<Findings>> sound) {
    Findings all = Findings.NONE;
    for (Supplier<Findings> check : List.copyOf(sound)) {
      try {
        all = all.and(check.get());
      } catch (RuntimeException bug) {
        log.error("bug in vxland, please report it; {} is not checked any more", check, bug);
        sound.remove(check);
      }
    }
    if (!all.equals(findings)) {
      findings = all;
      changed.run();
    }
  }

  @Override
  public void close() {
    closed.countDown();
    thread.interrupt();
  }
}
