package io.vxland.tests.support;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A network namespace of a test's own, with the loopback up. Its name holds the process's number,
 * so that test runs side by side do not meet; closing it deletes it and all devices in it.
 */
public final class Netns implements AutoCloseable {
  private static final AtomicInteger COUNTER = new AtomicInteger();
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String name;

  private Netns(String name) {
    this.name = name;
  }

  /** Makes one; needs root. */
  public static Netns create() {
    String name = "vxt-" + ProcessHandle.current().pid() + "-" + COUNTER.incrementAndGet();
    Command.run("ip", "netns", "add", name);
    Netns netns = new Netns(name);
    netns.ip("link", "set", "lo", "up");
    return netns;
  }

  public String name() {
    return name;
  }

  /** Where it can be opened. */
  public Path path() {
    return Path.of("/run/netns", name);
  }

  /** Runs a command in it. */
  public String run(String... command) {
    return Command.run(with(List.of("ip", "netns", "exec", name), command));
  }

  /** Runs {@code ip} on it. */
  public String ip(String... arguments) {
    return Command.run(with(List.of("ip", "-n", name), arguments));
  }

  /** Runs {@code bridge} on it. */
  public String bridge(String... arguments) {
    return Command.run(with(List.of("bridge", "-n", name), arguments));
  }

  /** Runs {@code ip -j -d} on it. */
  public JsonNode ipJson(String... arguments) {
    return json(Command.run(with(List.of("ip", "-n", name, "-j", "-d"), arguments)));
  }

  /** Runs {@code bridge -j -d} on it. */
  public JsonNode bridgeJson(String... arguments) {
    return json(Command.run(with(List.of("bridge", "-n", name, "-j", "-d"), arguments)));
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text.isBlank() ? "[]" : text);
    } catch (JsonProcessingException e) {
      throw new AssertionError("not JSON: " + text, e);
    }
  }

  private static String[] with(List<String> first, String... rest) {
    List<String> all = new ArrayList<>(first);
    all.addAll(List.of(rest));
    return all.toArray(String[]::new);
  }

  @Override
  public void close() {
    Command.run("ip", "netns", "del", name);
  }
}
