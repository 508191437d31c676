package io.vxland.api.server;

import io.vxland.api.ApiException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads that answer whatever is no hook: they may wait for the loop or for libvirt, and as
 * many callers as there are then wait for them.
 */
final class Readers implements AutoCloseable {
  private static final int THREADS = 6;

  /** Most requests that wait; a caller goes away after {@link ApiServer.Patience} anyway. */
  private static final int MAX_WAITING = 256;

  /** After which a spare thread ends. */
  private static final long SPARE_SECONDS = 10;

  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(
          THREADS,
          THREADS,
          SPARE_SECONDS,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(MAX_WAITING),
          Readers::daemonThread);

  Readers() {
    threads.allowCoreThreadTimeOut(true);
  }

  private static Thread daemonThread(Runnable work) {
    Thread thread = new Thread(work, "api-reader");
    thread.setDaemon(true);
    return thread;
  }

  /** What gives an answer, now or never. */
  interface Work extends Runnable {
    /** Answers that there will be no answer. */
    void refuse(ApiException why);
  }

  /**
   * Runs an answer's work soon.
   *
   * @throws ApiException UNAVAILABLE if too much waits already
   */
  void run(Work work) throws ApiException {
    try {
      threads.execute(work);
    } catch (RejectedExecutionException crowded) {
      throw new ApiException(
          ApiException.Kind.UNAVAILABLE, "too many requests at one time; try again", crowded);
    }
  }

  /** Ends what is under way, and refuses what waits. */
  @Override
  public void close() {
    for (Runnable waiting : threads.shutdownNow()) {
      ((Work) waiting)
          .refuse(new ApiException(ApiException.Kind.UNAVAILABLE, "the daemon is stopping"));
    }
  }
}
