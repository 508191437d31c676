package io.vxland.tests.networks;

import io.vxland.tests.lab.Lab;
import io.vxland.tests.migration.Watch;
import java.util.List;

/** What a host sends to other hosts. */
public final class Sent {
  private Sent() {}

  /**
   * Returns what tcpdump prints of it while the host's endpoint {@code p}, which knows no
   * neighbours, pings an address.
   */
  public static List<String> whileLookingFor(Lab lab, int host, String address) {
    lab.inEndpoint(host, "p", "ip", "neigh", "flush", "dev", "eth0").must();
    try (Watch capture =
        Watch.of(
            lab.start(
                host,
                "tcpdump",
                "-l",
                "-n",
                "-i",
                "eth0",
                "--immediate-mode",
                "-Q",
                "out",
                "udp dst port 4789"))) {
      capture.await("tcpdump listens", line -> line.contains("listening on"));
      lab.inEndpoint(host, "p", "ping", "-c", "1", "-W", "1", address);
      capture.await("the ping", line -> line.contains("> " + address + ": ICMP echo request"));
      return capture.interrupt();
    }
  }
}
