package io.vxland.tests.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vxland.tests.lab.Lab;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A ping every 2 ms out of a host's endpoint, until it is ended and counted. */
public final class Probe implements AutoCloseable {
  private static final int FEW = 15;
  private static final Duration INTERVAL = Duration.ofMillis(2);

  private static final Duration SOON = Duration.ofSeconds(60);

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
    Answers answers = answers();
    assertThat(answers.twice()).as("h%d: answered twice", host).isZero();
    return answers.lost();
  }

  private Answers answers() {
    int enough = Math.max(watch.lines().size() + 50, 150);
    await("h" + host + " is answered").atMost(SOON).until(() -> watch.lines().size() > enough);
    return Answers.of("h" + host, watch.interrupt());
  }

  @Override
  public void close() {
    watch.close();
  }

  /**
   * Ends them; few pings may be lost, see {@link Answers#areFewLost}, and no answer may have come
   * twice. Returns how many were lost, by host.
   */
  public static Map<Integer, Integer> mustHaveLostFew(List<Probe> probes) {
    return mustHaveLostFew(probes, 0);
  }

  /**
   * As {@link #mustHaveLostFew(List)}.
   *
   * @param twice as many answers may have come twice
   */
  public static Map<Integer, Integer> mustHaveLostFew(List<Probe> probes, int twice) {
    Map<Integer, Answers> answers = new TreeMap<>();
    probes.forEach(probe -> answers.put(probe.host, probe.answers()));
    assertThat(answers.values())
        .as("lost and answered twice: %s", answers)
        .allMatch(each -> each.areFewLost(FEW, INTERVAL) && each.twice() <= twice);
    Map<Integer, Integer> lost = new TreeMap<>();
    answers.forEach((host, each) -> lost.put(host, each.lost()));
    return lost;
  }
}
