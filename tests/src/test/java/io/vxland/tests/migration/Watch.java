package io.vxland.tests.migration;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.awaitility.Awaitility;

/** A command whose lines are kept, and acted upon, as they come. */
public final class Watch implements AutoCloseable {
  private static final Duration BOUND = Duration.ofSeconds(60);

  private final Process process;
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final Thread reader;

  private Watch(Process process, Consumer<String> each) {
    this.process = process;
    reader = new Thread(() -> read(each), "watch");
    reader.setDaemon(true);
    reader.start();
  }

  public static Watch of(Process process) {
    return new Watch(process, line -> {});
  }

  /** The consumer gets each line before it can be seen here. */
  public static Watch of(Process process, Consumer<String> each) {
    return new Watch(process, each);
  }

  private void read(Consumer<String> each) {
    try (BufferedReader output =
        new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        each.accept(line);
        lines.add(line);
      }
    } catch (IOException ended) {
      lines.add("ended: " + ended.getMessage());
    }
  }

  public List<String> lines() {
    return new ArrayList<>(lines);
  }

  /** Waits for a line. */
  public Watch await(String what, Predicate<String> sign) {
    Awaitility.await(what)
        .atMost(BOUND)
        .pollInterval(Duration.ofMillis(10))
        .until(() -> lines.stream().anyMatch(sign));
    return this;
  }

  /** Makes something happen until a line tells of it: then the command listens. */
  public Watch awaitListening(Runnable poke, Predicate<String> sign) {
    Awaitility.await("it listens")
        .atMost(BOUND)
        .until(
            () -> {
              poke.run();
              return lines.stream().anyMatch(sign);
            });
    return this;
  }

  /** Ends the command as Ctrl-C does, and returns all it has said. */
  public List<String> interrupt() {
    try {
      new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
      reader.join(BOUND.toMillis());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return lines();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
