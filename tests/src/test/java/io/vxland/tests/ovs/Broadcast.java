package io.vxland.tests.ovs;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.tests.networks.Background;
import io.vxland.tests.networks.Endpoint;
import java.util.ArrayList;
import java.util.List;

/** A broadcast from one of several end points of a network, counted at each. */
final class Broadcast {
  private Broadcast() {}

  /**
   * It arrives at each other one exactly once, and not at its sender.
   *
   * @param endpoints the sender first; in 10.7.0.0/24
   * @param addresses theirs, in the same order
   * @param pingAll has each ping each other one
   */
  static void mustReachEachOnce(
      List<Endpoint> endpoints, List<String> addresses, Runnable pingAll) {
    pingAll.run();
    List<Background> captures = new ArrayList<>();
    try {
      for (Endpoint each : endpoints) {
        captures.add(
            Background.in(
                each,
                "tcpdump --immediate-mode -lnn -Q in -i eth0"
                    + " 'udp dst port 9 or icmp[icmptype] == icmp-echo'"));
      }
      captures.forEach(each -> each.awaitOutput("listening on"));
      endpoints
          .get(0)
          .run("sh", "-c", "echo once | socat -u - UDP4-DATAGRAM:10.7.0.255:9,broadcast")
          .must();
      // What another host had passed on would arrive before that host's own packets.
      pingAll.run();
      for (int i = 0; i < endpoints.size(); i++) {
        Background capture = captures.get(i);
        for (String other : addresses) {
          if (!other.equals(addresses.get(i))) {
            capture.awaitOutput(other + " > " + addresses.get(i) + ": ICMP echo request");
          }
        }
        assertThat(capture.stop().lines().filter(line -> line.contains("> 10.7.0.255.9:")))
            .as("copies of the broadcast at %s", addresses.get(i))
            .hasSize(i == 0 ? 0 : 1);
      }
    } finally {
      captures.forEach(Background::close);
    }
  }
}
