package io.vxland.tests.dataplane;

import static org.awaitility.Awaitility.await;

import io.vxland.tests.support.Netns;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What tcpdump sees on a device; running since it was made. */
final class Capture implements AutoCloseable {
  private static final Duration BOUND = Duration.ofSeconds(60);

  private final Process tcpdump;
  private final Path frames;
  private final Path notes;

  private Capture(Process tcpdump, Path frames, Path notes) {
    this.tcpdump = tcpdump;
    this.frames = frames;
    this.notes = notes;
  }

  /** Starts one, and waits until it sees everything. */
  static Capture of(Netns netns, String device, String filter) throws IOException {
    Path frames = Files.createTempFile("vxland-frames", ".txt");
    Path notes = Files.createTempFile("vxland-tcpdump", ".txt");
    Process tcpdump =
        new ProcessBuilder(
                List.of(
                    "ip",
                    "netns",
                    "exec",
                    netns.name(),
                    "tcpdump",
                    "-l",
                    "-nne",
                    "--immediate-mode",
                    "-i",
                    device,
                    filter))
            .redirectOutput(frames.toFile())
            .redirectError(notes.toFile())
            .start();
    Capture capture = new Capture(tcpdump, frames, notes);
    await().atMost(BOUND).until(() -> text(notes).contains("listening on"));
    return capture;
  }

  private static String text(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.UTF_8);
  }

  /** The frames so far, a line each. */
  List<String> seen() throws IOException {
    return text(frames).lines().toList();
  }

  /** Waits until so many frames match; returns the first group of each. */
  List<String> awaitMatches(Pattern wanted, int count) {
    List<String> found = new ArrayList<>();
    await()
        .atMost(BOUND)
        .until(
            () -> {
              found.clear();
              for (String line : seen()) {
                Matcher matcher = wanted.matcher(line);
                if (matcher.find()) {
                  found.add(matcher.group(1));
                }
              }
              return found.size() >= count;
            });
    return found;
  }

  /** Waits until there are so many. */
  void awaitFrames(int count) {
    await()
        .atMost(BOUND)
        .untilAsserted(() -> org.assertj.core.api.Assertions.assertThat(seen()).hasSize(count));
  }

  @Override
  public void close() throws IOException {
    tcpdump.destroy();
    try {
      if (!tcpdump.waitFor(BOUND.toMillis(), TimeUnit.MILLISECONDS)) {
        tcpdump.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Files.delete(frames);
    Files.delete(notes);
  }
}
