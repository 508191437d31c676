package io.vxland.api.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads Prometheus' text format 0.0.4 strictly, and checks what {@code promtool check metrics}
 * checks: names, help and type before samples, one block a family, suffixes by type, whole
 * histograms.
 */
final class PrometheusText {
  private static final Pattern COMMENT = Pattern.compile("# (HELP|TYPE) ([a-z][a-z0-9_]*) (\\S.*)");
  private static final Pattern SAMPLE = Pattern.compile("([a-z][a-z0-9_]*)(?:\\{(.*)\\})? (\\S+)");
  private static final Pattern LABEL =
      Pattern.compile("([a-z][a-z0-9_]*)=\"((?:[^\"\\\\\\n]|\\\\[\\\\\"n])*)\"(,|$)");

  private final Map<String, String> types = new LinkedHashMap<>();
  private final Map<String, String> helps = new HashMap<>();
  private final Map<String, Double> samples = new LinkedHashMap<>();
  private String family = "";

  private PrometheusText() {}

  /** Reads it, or fails with the line that is wrong. */
  static PrometheusText parse(String text) {
    assertThat(text).endsWith("\n").doesNotContain("\r", "\n\n");
    PrometheusText read = new PrometheusText();
    text.lines().forEach(read::line);
    assertThat(read.helps.keySet()).isEqualTo(read.types.keySet());
    read.types.forEach(read::checkFamily);
    return read;
  }

  /** The type of each family. */
  Map<String, String> types() {
    return types;
  }

  /** The value of a sample, with its labels sorted as in {@code name{a="1",b="2"}}. */
  double value(String sample) {
    assertThat(samples).containsKey(sample);
    return samples.get(sample);
  }

  private void line(String line) {
    Matcher comment = COMMENT.matcher(line);
    if (comment.matches()) {
      family = comment.group(2);
      boolean help = comment.group(1).equals("HELP");
      assertThat((help ? helps : types).put(family, comment.group(3)))
          .as("once each: %s", line)
          .isNull();
      return;
    }
    Matcher sample = SAMPLE.matcher(line);
    assertThat(sample.matches()).as(line).isTrue();
    assertThat(belongs(sample.group(1))).as("in the block of %s: %s", family, line).isTrue();
    String key = sample.group(1) + labels(sample.group(2));
    assertThat(samples.put(key, number(sample.group(3)))).as("once: %s", key).isNull();
  }

  private boolean belongs(String name) {
    return switch (types.getOrDefault(family, "none")) {
      case "histogram" -> name.matches(family + "_(bucket|sum|count)");
      case "counter", "gauge" -> name.equals(family);
      default -> false;
    };
  }

  private static String labels(String text) {
    if (text == null) {
      return "";
    }
    Map<String, String> labels = new TreeMap<>();
    Matcher label = LABEL.matcher(text);
    int end = 0;
    while (end < text.length()) {
      assertThat(label.find(end) && label.start() == end).as("labels %s", text).isTrue();
      assertThat(labels.put(label.group(1), label.group(2))).as("once: %s", text).isNull();
      end = label.end();
    }
    StringBuilder sorted = new StringBuilder();
    labels.forEach(
        (name, value) ->
            sorted
                .append(sorted.isEmpty() ? "{" : ",")
                .append(name)
                .append("=\"")
                .append(value)
                .append('"'));
    return sorted.append('}').toString();
  }

  private static double number(String text) {
    double value = text.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(text);
    assertThat(value).isNotNaN().isNotNegative();
    return value;
  }

  private void checkFamily(String name, String type) {
    assertThat(name.endsWith("_total")).as(name).isEqualTo(type.equals("counter"));
    if (type.equals("histogram")) {
      double before = 0;
      double bound = Double.NEGATIVE_INFINITY;
      for (Map.Entry<String, Double> sample : samples.entrySet()) {
        if (sample.getKey().startsWith(name + "_bucket{le=")) {
          double next = number(sample.getKey().replaceAll(".*le=\"", "").replaceAll("\".*", ""));
          assertThat(next).as("bounds rise").isGreaterThan(bound);
          assertThat(sample.getValue()).as("counts rise").isGreaterThanOrEqualTo(before);
          bound = next;
          before = sample.getValue();
        }
      }
      assertThat(bound).as("the last bucket holds all").isInfinite();
      assertThat(value(name + "_count")).isEqualTo(before);
      assertThat(samples).containsKey(name + "_sum");
    }
  }
}
