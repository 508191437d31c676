package io.vxland.daemon;

import io.vxland.dataplane.Dataplane;
import io.vxland.dataplane.DataplaneException;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The questions that wait for the loop's thread, in the order in which they came. Equal ones share
 * one answer, as long as it has not begun; one whose askers have all given up is dropped.
 * Thread-safe.
 */
final class Questions {
  private final Runnable came;
  private final Map<Reconciler.Question<?>, Waiting<?>> waiting = new LinkedHashMap<>();

  /** A question with all who wait for its answer. */
  private static final class Waiting<T> {
    private final Reconciler.Question<T> question;
    private final CompletableFuture<T> answer = new CompletableFuture<>();
    private int askers;

    Waiting(Reconciler.Question<T> question) {
      this.question = question;
    }

    void answer(Dataplane dataplane) {
      try {
        answer.complete(question.of(dataplane));
      } catch (DataplaneException | RuntimeException failed) {
        answer.completeExceptionally(failed);
      }
    }
  }

  /**
   * Creates it.
   *
   * @param came called when there is a question, not under a lock of this object
   */
  Questions(Runnable came) {
    this.came = came;
  }

  /** Asks and waits; see {@link Reconciler#ask}. */
  <T> T ask(Reconciler.Question<T> question, Duration limit)
      throws InterruptedException, TimeoutException, DataplaneException {
    Waiting<T> mine = join(question);
    came.run();
    try {
      return mine.answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof DataplaneException known) {
        throw known;
      }
      throw new IllegalStateException(failed.getCause());
    } finally {
      leave(mine);
    }
  }

  private synchronized <T> Waiting<T> join(Reconciler.Question<T> question) {
    // Equal questions have answers of one type.
    @SuppressWarnings("unchecked")
    Waiting<T> found =
        (Waiting<T>) waiting.computeIfAbsent(question, fresh -> new Waiting<>(question));
    found.askers++;
    return found;
  }

  private synchronized void leave(Waiting<?> mine) {
    mine.askers--;
    if (mine.askers == 0) {
      waiting.remove(mine.question, mine);
    }
  }

  synchronized boolean isEmpty() {
    return waiting.isEmpty();
  }

  /** Answers the one that has waited longest, if there still is one. */
  void answerNext(Dataplane dataplane) {
    Waiting<?> next;
    synchronized (this) {
      Iterator<Waiting<?>> all = waiting.values().iterator();
      if (!all.hasNext()) {
        return;
      }
      next = all.next();
      all.remove();
    }
    next.answer(dataplane);
  }
}
