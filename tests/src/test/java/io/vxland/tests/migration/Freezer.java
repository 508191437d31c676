package io.vxland.tests.migration;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Stops processes, so that a moment lasts, and lets them go on. A shell that waits for its orders
 * does it within a millisecond. What is still stopped at the end goes on.
 */
public final class Freezer implements AutoCloseable {
  private final Process shell;
  private final StringBuilder undo = new StringBuilder();

  public Freezer() {
    try {
      shell = new ProcessBuilder("sh").redirectErrorStream(true).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public synchronized void freeze(long pid) {
    order("kill -STOP " + pid);
    undo.append("kill -CONT ").append(pid).append('\n');
  }

  public synchronized void thaw(long pid) {
    order("kill -CONT " + pid);
  }

  /** All that is stopped goes on. */
  public synchronized void thawAll() {
    order(undo.toString());
  }

  public synchronized void kill(long pid) {
    order("kill -KILL " + pid);
  }

  private void order(String command) {
    try {
      shell.getOutputStream().write((command + "\n").getBytes(UTF_8));
      shell.getOutputStream().flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public synchronized void close() {
    try (var orders = shell.getOutputStream()) {
      orders.write(undo.toString().getBytes(UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
