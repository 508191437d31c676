package io.vxland.daemon;

import io.vxland.dataplane.Dataplane;
import io.vxland.dataplane.DataplaneException;
import io.vxland.model.Vni;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The loop: wait until something changed, then make the kernel as it should be.
 *
 * <p>It owns the thread that uses the data plane. Others wake it, wait for a pass that began after
 * they asked, or have a question answered on its thread between two passes.
 */
final class Reconciler implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Reconciler.class);

  /** Drift that nobody told us of is found at the latest after this time, by a pass of its own. */
  private static final Duration REFRESH = Duration.ofSeconds(60);

  /** When a loop that nobody wakes runs a pass, but for its refreshes. */
  private static final Duration NEVER = Duration.ofDays(1);

  /** The kernel tells of one change in many messages; what comes within this time is one event. */
  private static final Duration SETTLE = Duration.ofMillis(20);

  private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
  private static final Duration LAST_RETRY = Duration.ofSeconds(30);

  /** So many passes in a row that end in a bug end the daemon: a new one may do better. */
  private static final int MAX_BUGS = 4;

  private final Dataplane dataplane;
  private final Pass pass;
  private final Consumer<Outcome> reports;
  private final Consumer<Outcome> afterwards;
  private final Thread thread = new Thread(this::run, "reconciler");

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Questions questions = new Questions(this::asked);
  private long asked = 1;
  private long done;
  private long wakeAt = System.nanoTime();
  private long refreshAt = System.nanoTime() + REFRESH.toNanos();
  private boolean closed;
  private Outcome outcome = Outcome.NONE;
  private Duration retry = FIRST_RETRY;

  /** How many passes in a row have ended in a bug. */
  private int bugs;

  /**
   * Something that only the loop's thread can find out. Equal ones have the same answer.
   *
   * @param <T> the answer
   */
  interface Question<T> {
    T of(Dataplane dataplane) throws DataplaneException;
  }

  /**
   * Creates it; {@link #start} starts it.
   *
   * @param dataplane closed with it
   * @param pass what a pass does
   * @param reports gets the outcome of each pass, on the loop's thread, before those who wait for
   *     it
   * @param afterwards gets it when they have been released, for what takes its time
   */
  Reconciler(
      Dataplane dataplane, Pass pass, Consumer<Outcome> reports, Consumer<Outcome> afterwards) {
    this.dataplane = dataplane;
    this.pass = pass;
    this.reports = reports;
    this.afterwards = afterwards;
  }

  void start() {
    thread.start();
  }

  /** Something changed: run a pass now. */
  void wake() {
    wakeWithin(Duration.ZERO);
  }

  /** Something changed of which more news may follow at once. */
  void wakeSoon() {
    wakeWithin(SETTLE);
  }

  private void wakeWithin(Duration delay) {
    lock.lock();
    try {
      asked++;
      long at = System.nanoTime() + delay.toNanos();
      if (at - wakeAt < 0) {
        wakeAt = at;
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** The outcome of the last pass. */
  Outcome outcome() {
    lock.lock();
    try {
      return outcome;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Runs a pass and waits for it.
   *
   * @return the outcome of a pass that began after this call; empty-handed ({@link Outcome#NONE})
   *     if there was none within the limit
   */
  Outcome passNow(Duration limit) throws InterruptedException {
    wake();
    lock.lock();
    try {
      long mine = asked;
      long left = limit.toNanos();
      while (done < mine && left > 0 && !closed) {
        left = changed.awaitNanos(left);
      }
      return done >= mine ? outcome : Outcome.NONE;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Returns an outcome that tells whether segments stand: the last one if it says so of all and has
   * seen the world as it is now, else that of a new pass.
   */
  Outcome settled(Set<Vni> vnis, long worldVersion, Duration limit) throws InterruptedException {
    Outcome last = outcome();
    if (last.worldVersion() >= worldVersion && last.standing().containsAll(vnis)) {
      return last;
    }
    return passNow(limit);
  }

  /**
   * Answers a question on the loop's thread, where the data plane may be used. Equal questions that
   * wait at the same time get one answer.
   *
   * @throws TimeoutException if the loop was busy for longer than the limit; it is not answered
   *     then
   * @throws DataplaneException if the question's answer is that
   */
  <T> T ask(Question<T> question, Duration limit)
      throws InterruptedException, TimeoutException, DataplaneException {
    return questions.ask(question, limit);
  }

  private void asked() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Of a pass that is due and a question that waits, each has its turn after one of the other: no
   * crowd of readers keeps a hook's pass waiting for longer than one answer takes, and no storm of
   * news keeps readers waiting for longer than a pass.
   */
  private void run() {
    boolean questionsTurn = false;
    while (true) {
      boolean answering;
      boolean refreshing;
      long serving;
      lock.lock();
      try {
        long left = left();
        while (!closed && questions.isEmpty() && left > 0) {
          changed.awaitNanos(left);
          left = left();
        }
        if (closed) {
          return;
        }
        answering = !questions.isEmpty() && (questionsTurn || left > 0);
        serving = asked;
        // Whoever woke the loop does not wait for a reading of everything.
        refreshing = wakeAt - System.nanoTime() > 0;
        if (!answering && left <= 0) {
          wakeAt = System.nanoTime() + NEVER.toNanos();
        } else if (!answering) {
          // Whoever asked has given up.
          continue;
        }
      } catch (InterruptedException interrupted) {
        return;
      } finally {
        lock.unlock();
      }
      if (answering) {
        questions.answerNext(dataplane);
      } else {
        if (refreshing) {
          dataplane.distrust();
          refreshAt = System.nanoTime() + REFRESH.toNanos();
        }
        runPass(serving);
      }
      questionsTurn = !answering;
    }
  }

  private long left() {
    long now = System.nanoTime();
    return Math.min(wakeAt - now, refreshAt - now);
  }

  /**
   * One bug may be of the moment: it is logged, and the loop tries again, for hooks and redirects
   * go on without it. One that comes again and again ends the thread, and so the daemon.
   */
  private Outcome run(Pass next) {
    try {
      Outcome result = next.run(dataplane);
      bugs = 0;
      return result;
    } catch (RuntimeException bug) {
      bugs++;
      if (bugs >= MAX_BUGS) {
        throw bug;
      }
      log.error("bug in vxland, please report it; vxland tries again", bug);
      return Outcome.failed(-1, Outcome.NONE.uplink(), "bug in vxland, please report it: " + bug);
    }
  }

  private void runPass(long serving) {
    Outcome result = run(pass);
    reports.accept(result);
    release(result, serving);
    afterwards.accept(result);
  }

  private void release(Outcome result, long serving) {
    lock.lock();
    try {
      outcome = result;
      done = serving;
      if (result.needsRetry()) {
        long at = System.nanoTime() + retry.toNanos();
        if (at - wakeAt < 0) {
          wakeAt = at;
        }
        retry =
            retry.multipliedBy(2).compareTo(LAST_RETRY) > 0 ? LAST_RETRY : retry.multipliedBy(2);
      } else {
        retry = FIRST_RETRY;
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Ends the loop after the pass that runs; what the kernel has stays as it is. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    try {
      thread.join(Duration.ofSeconds(5).toMillis());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    dataplane.close();
  }
}
