package io.vxland.tests.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vxland.tests.lab.Lab;
import io.vxland.tests.lab.LabExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What hosts that have no part in a migration see of it: nothing but the VM's frames, from where it
 * is; and what the destination itself says before the VM is there: nothing.
 */
final class BystanderTest {
  @RegisterExtension static final LabExtension LAB = new LabExtension(() -> Lab.up("bystander", 3));

  @RegisterExtension static final HungGuests HUNG = new HungGuests(BystanderTest::replaceHungGuest);

  private static final Vm VM = new Vm("a", 1);
  private static final int SOURCE = 1;
  private static final int DESTINATION = 2;
  private static final int THIRD = 3;

  private static final int PINGS = 20;

  /** The last step of {@link #step}. */
  private static final Map<Integer, Integer> LAST = Map.of(SOURCE, 2, DESTINATION, 1, THIRD, 1);

  /** Frames of VNI 5001 or its migration tunnel that carry something to the VM. */
  private static final String TO_THE_VM =
      "udp dst port 4789 and udp[16:4] = 0x52540000 and udp[20:2] = 0x000a and udp[12:4] ="
          + " 0x00138900";

  /** All but green, which the VM is not in. */
  private static final String OUT_OF_THE_DESTINATION =
      "src 10.99.0.2 and udp dst port 4789 and udp[12:4] != 0x00138a00";

  /** An entry that has come or changed; what is said of one that went does not begin with a MAC. */
  private static final Pattern ENTRY =
      Pattern.compile("^([0-9a-f:]{17}) dev (\\S+)(?: dst 10\\.99\\.0\\.([0-9]+))?");

  private static final Pattern INNER = Pattern.compile("^([0-9a-f:]{17}) > [0-9a-f:]{17}");
  private static final Pattern DELIVERED = Pattern.compile("counter packets ([0-9]+)");

  private static Journeys journeys;

  @BeforeAll
  static void startTheVm() {
    journeys = new Journeys(LAB.lab());
    journeys.start(VM, SOURCE);
    journeys.mustBeReached(SOURCE, VM);
  }

  private static boolean replaceHungGuest() {
    return journeys.replaceIfHung(VM).isPresent();
  }

  private static Lab lab() {
    return LAB.lab();
  }

  @Test
  void nobodyGetsOrLearnsAnythingWrongWhileAVmMoves() {
    Map<String, Integer> senders = new HashMap<>();
    for (int host = 1; host <= ThreeHosts.COUNT; host++) {
      String card = lab().inEndpoint(host, "p", "ip", "-j", "link", "show", "eth0").must();
      senders.put(Journeys.json(card).get(0).path("address").asText(), host);
    }
    List<Watch> watches = new ArrayList<>();
    try (Freezer processes = new Freezer()) {
      Map<Integer, Watch> entries = new TreeMap<>();
      for (int host = 1; host <= ThreeHosts.COUNT; host++) {
        entries.put(host, watch(watches, listenToEntries(host)));
      }
      Watch said = watch(watches, tcpdump(DESTINATION, "eth0", OUT_OF_THE_DESTINATION));
      Watch taken = watch(watches, tcpdump(THIRD, "eth0", TO_THE_VM));
      Map<String, Watch> ports = new TreeMap<>();
      for (String port :
          lab().host(THIRD, "ls", "/sys/class/net/br5001/brif").must().lines().toList()) {
        ports.put(port, watch(watches, tcpdump(THIRD, port, "ether dst " + VM.mac())));
      }

      Pause pause = Pause.begin(journeys, processes, lab(), VM, SOURCE, DESTINATION);
      List<Watch> pings = new ArrayList<>();
      for (int host = 1; host <= ThreeHosts.COUNT; host++) {
        pings.add(watch(watches, Watch.of(lab().startInEndpoint(host, "p", ping()))));
      }
      awaitDelivered(ThreeHosts.COUNT * PINGS);
      assertThat(addressesOfTaps(DESTINATION)).as("addresses of the paused VM's tap").isEmpty();
      mustComeFromSenders(said.lines(), senders);
      pause.end(processes);
      pause.migration().join().must();

      String all = PINGS + " packets transmitted, " + PINGS + " received, 0%";
      pings.forEach(ping -> ping.await("its end", line -> line.contains(all)));
      mustHaveGoneOutOnly(taken.lines());
      assertThat(ports).containsKeys("p", "vxlan5001");
      ports.forEach((port, frames) -> mustBeOfThird(port, frames.lines(), senders));
      journeys.mustHaveEndedOn(DESTINATION, VM);
      entries.forEach((host, lines) -> mustBeTrue(host, lines.lines(), senders));
    } finally {
      watches.forEach(Watch::close);
    }
  }

  private static Watch watch(List<Watch> watches, Watch watch) {
    watches.add(watch);
    return watch;
  }

  private static String[] ping() {
    return new String[] {"ping", "-c", "" + PINGS, "-i", "0.01", "-W", "20", VM.address()};
  }

  private static Watch listenToEntries(int host) {
    String mark =
        "bridge fdb replace 02:00:00:00:00:fe dev eth0 self permanent;"
            + " bridge fdb del 02:00:00:00:00:fe dev eth0 self";
    return Watch.of(lab().start(host, "bridge", "monitor", "fdb"))
        .awaitListening(
            () -> lab().host(host, "sh", "-c", mark), line -> line.startsWith("02:00:00:00:00:fe"));
  }

  private static Watch tcpdump(int host, String device, String filter) {
    return Watch.of(lab().start(host, "tcpdump", "-lnne", "--immediate-mode", "-i", device, filter))
        .await("tcpdump listens", line -> line.contains("listening on"));
  }

  /** Waits until so many frames have gone into the tap, as the rule that does it counts. */
  private static void awaitDelivered(int frames) {
    await("frames wait in the VM's tap")
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              Matcher count =
                  DELIVERED.matcher(lab().host(DESTINATION, "nft", "list", "ruleset").must());
              return count.find() && Integer.parseInt(count.group(1)) >= frames;
            });
  }

  private static List<String> addressesOfTaps(int host) {
    String script = "ip -6 -o address show | grep vnet; true";
    return lab().host(host, "sh", "-c", script).must().lines().toList();
  }

  /** What the destination sends before the VM is there comes from its senders, not from itself. */
  private static void mustComeFromSenders(List<String> lines, Map<String, Integer> senders) {
    assertThat(lines).noneMatch(line -> line.contains("vni ") && !line.contains("vni 5001"));
    List<String> sources =
        lines.stream().map(INNER::matcher).filter(Matcher::find).map(m -> m.group(1)).toList();
    assertThat(sources)
        .hasSizeGreaterThanOrEqualTo(PINGS)
        .allMatch(source -> senders.getOrDefault(source, 0) == DESTINATION);
  }

  /** Of the network's own VNI, the third host gets no frame for the VM, but sends its own. */
  private static void mustHaveGoneOutOnly(List<String> lines) {
    List<String> outer = lines.stream().filter(line -> line.contains("VXLAN")).toList();
    assertThat(outer)
        .hasSizeGreaterThanOrEqualTo(PINGS)
        .allMatch(line -> line.contains(" 10.99.0." + THIRD + "."));
  }

  /** A port of the third host's bridge sees frames to the VM from that host's sender only. */
  private static void mustBeOfThird(String port, List<String> lines, Map<String, Integer> senders) {
    List<String> frames = lines.stream().filter(line -> line.contains("> " + VM.mac())).toList();
    assertThat(frames)
        .as("frames to the VM on %s", port)
        .hasSizeGreaterThanOrEqualTo(PINGS)
        .allMatch(
            line ->
                senders.entrySet().stream()
                    .anyMatch(
                        sender ->
                            sender.getValue() == THIRD && line.contains(sender.getKey() + " >")));
  }

  /** No entry of a host ever says of a sender or the VM that it is where it is not. */
  private static void mustBeTrue(int host, List<String> lines, Map<String, Integer> senders) {
    int step = 0;
    for (String line : lines) {
      Matcher entry = ENTRY.matcher(line);
      if (!entry.find()) {
        continue;
      }
      String device = entry.group(2);
      int behind = entry.group(3) == null ? 0 : Integer.parseInt(entry.group(3));
      Integer home = senders.get(entry.group(1));
      if (home != null) {
        assertThat(device).as("h%d: %s", host, line).isEqualTo(home == host ? "p" : "vxlan5001");
        assertThat(behind).as("h%d: %s", host, line).isIn(0, home);
      } else if (entry.group(1).equals(VM.mac())
          && !(host == THIRD && behind == 0 && device.equals("vxlan5001"))) {
        int next = step(host, device, behind);
        assertThat(next).as("h%d: %s, of %s", host, line, lines).isGreaterThanOrEqualTo(step);
        step = next;
      }
    }
    assertThat(step).as("h%d has followed the VM: %s", host, lines).isEqualTo(LAST.get(host));
  }

  /** How far the VM has come when an entry says this; -1: it was never there. */
  private static int step(int host, String device, int behind) {
    boolean tap = device.startsWith("vnet");
    boolean network = device.equals("vxlan5001");
    boolean tunnel = device.equals("vxout5001");
    return switch (host) {
      case SOURCE -> tap ? 0 : tunnel && behind != THIRD ? 1 : network && behind != THIRD ? 2 : -1;
      case DESTINATION -> network && behind <= SOURCE ? 0 : tap ? 1 : -1;
      default -> network && behind == SOURCE ? 0 : network && behind == DESTINATION ? 1 : -1;
    };
  }
}
