package io.vxland.tests.migration;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The answers that a ping has printed, none of them twice.
 *
 * @param lost how many pings before the last answered one were not answered
 * @param longest what the answer took that took longest: where frames are redirected while a VM
 *     pauses, about as long as the pause
 */
record Answers(int lost, Duration longest) {
  private static final int ENOUGH = 100;
  private static final Pattern ANSWER = Pattern.compile("icmp_seq=(\\d+) .*time=(\\d+)");

  /** Reads what ping has printed; that there are enough answers, and none twice, is made sure. */
  static Answers of(String from, List<String> lines) {
    List<Matcher> answers = lines.stream().map(ANSWER::matcher).filter(Matcher::find).toList();
    List<Integer> numbers =
        answers.stream().map(answer -> Integer.parseInt(answer.group(1))).sorted().toList();
    assertThat(numbers)
        .as("answers to %s", from)
        .hasSizeGreaterThan(ENOUGH)
        .doesNotHaveDuplicates();
    long longest =
        answers.stream().mapToLong(answer -> Long.parseLong(answer.group(2))).max().orElseThrow();
    return new Answers(
        numbers.get(numbers.size() - 1) - numbers.size(), Duration.ofMillis(longest));
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
