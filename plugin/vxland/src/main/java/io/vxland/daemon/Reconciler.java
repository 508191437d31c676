package io.vxland.daemon;

import io.vxland.dataplane.Dataplane;
import io.vxland.dataplane.DataplaneException;
import io.vxland.model.Vni;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * The loop: wait until something changed, then make the kernel as it should be.
 *
 * <p>It owns the thread that uses the data plane. Others wake it, wait for a pass that began after
 * they asked, or have a question answered on its thread between two passes.
 */
final class Reconciler implements AutoCloseable {
  /** Drift that nobody told us of is found at the latest after this time. */
  private static final Duration REFRESH = Duration.ofSeconds(60);

  /** The kernel tells of one change in many messages; what comes within this time is one event. */
  private static final Duration SETTLE = Duration.ofMillis(20);

  private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
  private static final Duration LAST_RETRY = Duration.ofSeconds(30);

  private final Dataplane dataplane;
  private final Pass pass;
  private final Consumer<Outcome> reports;
  private final Thread thread = new Thread(this::run, "reconciler");

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Queue<Runnable> questions = new ArrayDeque<>();
  private long asked = 1;
  private long done;
  private long wakeAt = System.nanoTime();
  private boolean closed;
  private Outcome outcome = Outcome.NONE;
  private Duration retry = FIRST_RETRY;

  /**
   * Something that only the loop's thread can find out.
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
   * @param reports gets the outcome of each pass, on the loop's thread
   */
  Reconciler(Dataplane dataplane, Pass pass, Consumer<Outcome> reports) {
    this.dataplane = dataplane;
    this.pass = pass;
    this.reports = reports;
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
   * Returns an outcome that tells whether a segment stands: the last one if it says so and has seen
   * the world as it is now, else that of a new pass.
   */
  Outcome settled(Vni vni, long worldVersion, Duration limit) throws InterruptedException {
    Outcome last = outcome();
    if (last.worldVersion() >= worldVersion && last.standing().contains(vni)) {
      return last;
    }
    return passNow(limit);
  }

  /**
   * Answers a question on the loop's thread, where the data plane may be used.
   *
   * @throws TimeoutException if the loop was busy for longer than the limit
   * @throws DataplaneException if the question's answer is that
   */
  <T> T ask(Question<T> question, Duration limit)
      throws InterruptedException, TimeoutException, DataplaneException {
    CompletableFuture<T> answer = new CompletableFuture<>();
    lock.lock();
    try {
      questions.add(() -> answer(question, answer));
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    try {
      return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof DataplaneException known) {
        throw known;
      }
      throw new IllegalStateException(failed.getCause());
    }
  }

  private <T> void answer(Question<T> question, CompletableFuture<T> answer) {
    try {
      answer.complete(question.of(dataplane));
    } catch (DataplaneException | RuntimeException failed) {
      answer.completeExceptionally(failed);
    }
  }

  private void run() {
    while (true) {
      Runnable question;
      long serving;
      lock.lock();
      try {
        long left = wakeAt - System.nanoTime();
        while (!closed && questions.isEmpty() && left > 0) {
          changed.awaitNanos(left);
          left = wakeAt - System.nanoTime();
        }
        if (closed) {
          return;
        }
        question = questions.poll();
        serving = asked;
        if (question == null) {
          wakeAt = System.nanoTime() + REFRESH.toNanos();
        }
      } catch (InterruptedException interrupted) {
        return;
      } finally {
        lock.unlock();
      }
      if (question != null) {
        question.run();
      } else {
        runPass(serving);
      }
    }
  }

  /** A bug in a pass must not end the loop: it is told as an error, and the loop tries again. */
  private Outcome run(Pass next) {
    try {
      return next.run(dataplane);
    } catch (RuntimeException bug) {
      return Outcome.failed(-1, Outcome.NONE.uplink(), "bug in vxland, please report it: " + bug);
    }
  }

  private void runPass(long serving) {
    Outcome result = run(pass);
    reports.accept(result);
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
