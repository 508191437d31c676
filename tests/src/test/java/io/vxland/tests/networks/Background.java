package io.vxland.tests.networks;

import static org.awaitility.Awaitility.await;

import io.vxland.tests.lab.Result;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A command that runs in a host or endpoint until it is stopped, such as a ping or a monitor. Its
 * output goes to a file.
 */
public final class Background implements AutoCloseable {
  private static final Pattern SEQUENCE = Pattern.compile("icmp_seq=(\\d+) ");
  private static final Pattern COUNTS =
      Pattern.compile("(\\d+) packets transmitted, (\\d+) received");

  private final Path output;
  private final ProcessHandle process;

  private Background(Path output, ProcessHandle process) {
    this.output = output;
    this.process = process;
  }

  public static Background in(Host host, String command) {
    return start(host::run, command);
  }

  public static Background in(Endpoint endpoint, String command) {
    return start(endpoint::run, command);
  }

  private static Background start(Function<String[], Result> place, String command) {
    try {
      Path output = Files.createTempFile("vxland-background", ".out");
      String script = "exec 4>&1 >" + output + " 2>&1; " + command + " 4>&- & echo $! >&4";
      String pid = place.apply(new String[] {"sh", "-c", script}).must().strip();
      return new Background(output, ProcessHandle.of(Long.parseLong(pid)).orElseThrow());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All that it has written so far. */
  public String output() {
    try {
      return Files.readString(output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until its output has a word. */
  public Background awaitOutput(String word) {
    await("'" + word + "' in " + output).atMost(Host.SOON).until(() -> output().contains(word));
    return this;
  }

  /** Ends it and returns all it has written. */
  public String stop() {
    return end("-TERM");
  }

  private String end(String signal) {
    try {
      new ProcessBuilder("kill", signal, Long.toString(process.pid())).start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    await("the end of " + process.pid()).atMost(Host.SOON).until(this::hasEnded);
    return output();
  }

  /** A zombie has ended: nobody but this machine's first process can reap it. */
  private boolean hasEnded() {
    try {
      String state = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
      return state.substring(state.lastIndexOf(')')).startsWith(") Z");
    } catch (IOException gone) {
      return true;
    }
  }

  /**
   * Ends a ping and fails unless it sent at least so many packets and each was answered. The last
   * one may still be on its way then.
   */
  public void mustHaveLostNothing(int atLeast) {
    String text = end("-INT");
    Matcher counts = counts(text);
    int sent = Integer.parseInt(counts.group(1));
    int received = Integer.parseInt(counts.group(2));
    int last = SEQUENCE.matcher(text).results().mapToInt(Background::sequence).max().orElse(0);
    if (received != last || sent > last + 1 || sent < atLeast) {
      throw new AssertionError("lost packets, or sent fewer than " + atLeast + ": " + text);
    }
  }

  /** Ends a ping and fails unless it sent at least so many packets and none was answered. */
  public void mustHaveHeardNothing(int atLeast) {
    String text = end("-INT");
    Matcher counts = counts(text);
    if (!counts.group(2).equals("0") || Integer.parseInt(counts.group(1)) < atLeast) {
      throw new AssertionError("answered, or sent fewer than " + atLeast + ": " + text);
    }
  }

  private static Matcher counts(String text) {
    Matcher counts = COUNTS.matcher(text);
    if (!counts.find()) {
      throw new AssertionError("no counts of a ping: " + text);
    }
    return counts;
  }

  private static int sequence(MatchResult answer) {
    return Integer.parseInt(answer.group(1));
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      Files.deleteIfExists(output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
