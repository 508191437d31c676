package io.vxland.tests.migration;

import static org.awaitility.Awaitility.await;

import io.vxland.tests.lab.Lab;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A ping of a VM that goes on until it is ended and counted. */
final class Pings implements AutoCloseable {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Pattern COUNTS =
      Pattern.compile("(\\d+) packets transmitted, (\\d+) received(?:, \\+(\\d+) duplicates)?");

  private final Lab lab;
  private final int host;
  private final Vm vm;
  private final Watch watch;

  private Pings(Lab lab, int host, Vm vm, Watch watch) {
    this.lab = lab;
    this.host = host;
    this.vm = vm;
    this.watch = watch;
  }

  /**
   * What a ping says in the end.
   *
   * @param duplicates answers that came a second time
   */
  record Counts(int sent, int received, int duplicates) {
    int lost() {
      return sent - received;
    }
  }

  /** Starts one from a host, every so many seconds. */
  static Pings start(Lab lab, int host, Vm vm, String interval) {
    Watch watch =
        Watch.of(
            lab.startInEndpoint(host, "p", "ping", "-q", "-i", interval, "-W", "10", vm.address()));
    Pings pings = new Pings(lab, host, vm, watch);
    pings.mustBeAnswered();
    return pings;
  }

  private void mustBeAnswered() {
    await(vm + " answers h" + host)
        .atMost(SOON)
        .until(() -> lab.inEndpoint(host, "p", "ping", "-c", "1", "-W", "3", vm.address()).ok());
  }

  /** Ends it, once the VM answers. */
  Counts end() {
    mustBeAnswered();
    String said = String.join("\n", watch.interrupt());
    Matcher counts = COUNTS.matcher(said);
    if (!counts.find()) {
      throw new AssertionError("no counts of a ping: " + said);
    }
    String duplicates = counts.group(3);
    return new Counts(
        Integer.parseInt(counts.group(1)),
        Integer.parseInt(counts.group(2)),
        duplicates == null ? 0 : Integer.parseInt(duplicates));
  }

  @Override
  public void close() {
    watch.close();
  }
}
