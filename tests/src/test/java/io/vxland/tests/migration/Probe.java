package io.vxland.tests.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vxland.tests.lab.Lab;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A ping every 2 ms out of a host's endpoint, until it is ended and counted. */
public final class Probe implements AutoCloseable {
  private static final int FEW = 15;

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Pattern ANSWER = Pattern.compile("icmp_seq=([0-9]+) ");

  private final int host;
  private final Watch watch;

  private Probe(int host, Watch watch) {
    this.host = host;
    this.watch = watch;
  }

  /** Starts one from a host's endpoint {@code p}. */
  public static Probe start(Lab lab, int host, String address) {
    return start(lab, host, "p", address);
  }

  /** Starts one from any of a host's endpoints. */
  public static Probe start(Lab lab, int host, String endpoint, String address) {
    Watch watch =
        Watch.of(lab.startInEndpoint(host, endpoint, "ping", "-i", "0.002", "-W", "10", address));
    return new Probe(
        host, watch.await("pings are answered", line -> line.contains("icmp_seq=20 ")));
  }

  /**
   * Ends it once it is answered again; no answer may have come twice.
   *
   * @return how many pings before the last answered one were not answered
   */
  public int lost() {
    int enough = Math.max(watch.lines().size() + 50, 150);
    await("h" + host + " is answered").atMost(SOON).until(() -> watch.lines().size() > enough);
    List<Integer> answered =
        watch.interrupt().stream()
            .map(ANSWER::matcher)
            .filter(Matcher::find)
            .map(answer -> Integer.parseInt(answer.group(1)))
            .sorted()
            .toList();
    assertThat(answered).as("answers to h%d", host).hasSizeGreaterThan(100).doesNotHaveDuplicates();
    return answered.get(answered.size() - 1) - answered.size();
  }

  @Override
  public void close() {
    watch.close();
  }

  /**
   * Ends them. What is on its way between the pause and the redirect may be lost, but none of the
   * pause, which is 20 pings or more. A busy machine makes a few of the former: how many they are
   * on a quiet one is for the benchmark to say.
   */
  public static Map<Integer, Integer> mustHaveLostFew(List<Probe> probes) {
    Map<Integer, Integer> lost = new TreeMap<>();
    probes.forEach(probe -> lost.put(probe.host, probe.lost()));
    assertThat(lost.values()).as("lost %s", lost).allMatch(each -> each <= FEW);
    return lost;
  }
}
