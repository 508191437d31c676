package io.vxland.tests.migration;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The answers that a ping has printed.
 *
 * @param lost how many pings before the last answered one were not answered
 * @param twice how many were answered more than once
 * @param longest what the answer took that took longest: where frames are redirected while a VM
 *     pauses, about as long as the pause
 */
record Answers(int lost, int twice, Duration longest) {
  private static final int ENOUGH = 100;
  private static final Pattern ANSWER = Pattern.compile("icmp_seq=(\\d+) .*time=(\\d+)");

  /** Reads what ping has printed; that there are enough answers is made sure. */
  static Answers of(String from, List<String> lines) {
    List<Matcher> answers = lines.stream().map(ANSWER::matcher).filter(Matcher::find).toList();
    Map<Integer, Long> times =
        answers.stream()
            .collect(
                Collectors.groupingBy(
                    answer -> Integer.parseInt(answer.group(1)), Collectors.counting()));
    assertThat(times.keySet()).as("answers to %s", from).hasSizeGreaterThan(ENOUGH);
    int twice = (int) times.values().stream().filter(each -> each > 1).count();
    long longest =
        answers.stream().mapToLong(answer -> Long.parseLong(answer.group(2))).max().orElseThrow();
    return new Answers(
        Collections.max(times.keySet()) - times.size(), twice, Duration.ofMillis(longest));
  }

  /**
   * What is on its way between the pause and the redirect may be lost, but not the pause itself.
   * How long the former takes is a matter of the machine's speed, and so is the pause: on a busy
   * one, less is lost than was waited out. What a quiet one loses is for the benchmark to say.
   *
   * @param few as many are never too many
   * @param interval between two pings
   */
  boolean areFewLost(int few, Duration interval) {
    return lost <= few || interval.multipliedBy(lost).compareTo(longest) < 0;
  }
}
