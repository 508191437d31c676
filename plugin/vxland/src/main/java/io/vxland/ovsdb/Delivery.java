package io.vxland.ovsdb;

import java.io.IOException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** The thread "ovsdb-delivery": it calls listeners, one call after the other. */
final class Delivery {
  /** Most bytes of messages that wait for listeners. */
  private static final long MAX_WAITING = JsonStream.MAX_MESSAGE;

  /** A call of a listener. */
  interface Task {
    void run() throws OvsdbException, InterruptedException;
  }

  /** A task with the length of its message; the last one ends the thread. */
  private record Item(long bytes, Task task, boolean last) {}

  private final LinkedBlockingQueue<Item> queue = new LinkedBlockingQueue<>();
  private final AtomicLong waiting = new AtomicLong();
  private final Consumer<Throwable> failed;
  private final Thread thread = new Thread(this::run, "ovsdb-delivery");
  private volatile boolean stopped;

  /**
   * Creates it.
   *
   * @param failed hears what a listener threw; from then on only the last task is run
   */
  Delivery(Consumer<Throwable> failed) {
    this.failed = failed;
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** Counts a message that will be added, now or later. */
  void reserve(long bytes) throws IOException {
    if (waiting.addAndGet(bytes) > MAX_WAITING) {
      throw new IOException(
          "its updates came faster than they were taken: more than "
              + MAX_WAITING
              + " bytes of them wait");
    }
  }

  /** Takes a task whose bytes have been reserved. */
  void add(long bytes, Task task) {
    queue.add(new Item(bytes, task, false));
  }

  /** Takes the last task. */
  void last(Task task) {
    queue.add(new Item(0, task, true));
  }

  /** Runs nothing more but the last task. */
  void stop() {
    stopped = true;
  }

  Thread thread() {
    return thread;
  }

  private void run() {
    try {
      boolean last = false;
      while (!last) {
        Item item = queue.take();
        waiting.addAndGet(-item.bytes());
        last = item.last();
        if (last || !stopped) {
          run(item.task());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run(Task task) {
    try {
      task.run();
    } catch (OvsdbException | InterruptedException | RuntimeException | Error e) {
      stop();
      failed.accept(e);
    }
  }
}
