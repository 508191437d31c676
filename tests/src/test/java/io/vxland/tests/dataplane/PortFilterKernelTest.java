package io.vxland.tests.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.model.IpAddress;
import io.vxland.model.LocalPort;
import io.vxland.model.MacAddress;
import io.vxland.model.Vni;
import io.vxland.plan.Change;
import io.vxland.plan.Desire;
import io.vxland.plan.Inputs;
import io.vxland.plan.Plan;
import io.vxland.plan.Planner;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What belongs to a port that is known stops at the tap of another. */
class PortFilterKernelTest extends PortFilterScene {
  @Test
  void aMacAddressOfAnotherPortStopsAtTheTap() throws Exception {
    int came =
        passed(
            Frames.udp(Frames.ALL, NEIGHBOUR, LIARS_ADDRESS, "10.7.0.255", 5000),
            Frames.udp(Frames.ALL, REMOTE, LIARS_ADDRESS, "10.7.0.255", 5000),
            Frames.rarp(REMOTE));
    assertThat(came).isZero();
    assertThat(learned(NEIGHBOUR)).doesNotContain("vnet1");
    assertThat(learned(REMOTE)).containsExactly("vxlan5001");
    assertThat(liars().frames()).isEqualTo(3);
    assertThat(liars().macs())
        .isEqualTo(Map.of(MacAddress.parse(NEIGHBOUR), 1L, MacAddress.parse(REMOTE), 2L));
  }

  @Test
  void theBridgeLearnsNothingFromAFrameThatItDoesNotForward() throws Exception {
    // LLDP: it passes no filter of the bridge family.
    Frames.send(host, "guest1", "01:80:c2:00:00:0e" + REMOTE + "88cc 0207 04 525400000003 0000");
    assertThat(passed()).isZero();
    assertThat(learned(REMOTE)).containsExactly("vxlan5001");
  }

  @Test
  void anArpClaimOfAnotherPortStopsAtTheTap() throws Exception {
    int came =
        passed(
            Frames.arp(LIAR, 2, LIAR, NEIGHBOURS_ADDRESS, NEIGHBOURS_ADDRESS),
            Frames.arp(LIAR, 1, LIAR, REMOTE_ADDRESS, LIARS_ADDRESS),
            Frames.arp(LIAR, 2, REMOTE, LIARS_ADDRESS, LIARS_ADDRESS));
    assertThat(came).isZero();
    assertThat(liars().frames()).isEqualTo(3);
    assertThat(liars().addresses())
        .isEqualTo(
            Map.of(IpAddress.parse(NEIGHBOURS_ADDRESS), 1L, IpAddress.parse(REMOTE_ADDRESS), 1L));
    assertThat(liars().macs()).isEqualTo(Map.of(MacAddress.parse(REMOTE), 1L));
  }

  @Test
  void aNeighbourDiscoveryClaimOfAnotherPortStopsAtTheTap() throws Exception {
    String toAll = "ff02::1";
    int came =
        passed(
            Frames.neighbour(LIAR, 136, LIARS_IPV6, toAll, REMOTE_IPV6, Frames.option(2, LIAR)),
            Frames.neighbour(LIAR, 135, REMOTE_IPV6, toAll, "fd70::9", Frames.option(1, LIAR)),
            Frames.neighbour(LIAR, 136, LIARS_IPV6, toAll, LIARS_IPV6, Frames.option(2, REMOTE)),
            // What guests read behind the first option cannot be compared: it stops as well.
            Frames.neighbour(
                LIAR,
                136,
                LIARS_IPV6,
                toAll,
                LIARS_IPV6,
                Frames.option(14, LIAR) + Frames.option(2, REMOTE)));
    assertThat(came).isZero();
    assertThat(liars().frames()).isEqualTo(4);
    assertThat(liars().addresses()).isEqualTo(Map.of(IpAddress.parse(REMOTE_IPV6), 2L));
    assertThat(liars().macs()).isEqualTo(Map.of(MacAddress.parse(REMOTE), 1L));
  }

  @Test
  void whatIsLegalPasses() throws Exception {
    String toAll = "ff02::1";
    String[] legal = {
      // Its own: an announcement, QEMU's of its arrival, a question, a probe (RFC 5227).
      Frames.arp(LIAR, 2, LIAR, LIARS_ADDRESS, LIARS_ADDRESS),
      Frames.rarp(LIAR),
      Frames.arp(LIAR, 1, LIAR, LIARS_ADDRESS, NEIGHBOURS_ADDRESS),
      Frames.arp(LIAR, 1, LIAR, "0.0.0.0", REMOTE_ADDRESS),
      // A MAC address that nobody has: VRRP, or a VM in the VM; and an address that moves with it.
      Frames.arp(NOBODY, 2, NOBODY, "10.7.0.77", "10.7.0.77"),
      Frames.arp(LIAR, 2, LIAR, "10.7.0.77", "10.7.0.77"),
      // Duplicate address detection (RFC 4862), also with a nonce (RFC 7527), and an answer.
      Frames.neighbour(LIAR, 135, "::", toAll, REMOTE_IPV6, ""),
      Frames.neighbour(LIAR, 135, "::", toAll, LIARS_IPV6, "0e01 112233445566"),
      Frames.neighbour(LIAR, 136, LIARS_IPV6, toAll, LIARS_IPV6, Frames.option(2, LIAR)),
      Frames.neighbour(LIAR, 135, LIARS_IPV6, toAll, "fd70::44", Frames.option(1, LIAR)),
      Frames.udp(Frames.ALL, LIAR, "0.0.0.0", "255.255.255.255", 68)
    };
    assertThat(passed(legal)).isEqualTo(legal.length);
    assertThat(denied()).isEmpty();
  }

  @Test
  void anotherNetworkMayHaveTheSameAddresses() throws Exception {
    Set<LocalPort> both = new HashSet<>(ports());
    both.removeIf(port -> port.domainName().equals("vm1"));
    both.add(port(1, LIAR, RED, REMOTE_ADDRESS));
    converge(world(both, List.of()));
    assertThat(passed(Frames.arp(LIAR, 2, LIAR, NEIGHBOURS_ADDRESS, NEIGHBOURS_ADDRESS)))
        .isEqualTo(1);
    assertThat(denied()).isEmpty();
  }

  private static Set<LocalPort> liarIn(Vni vni) {
    Set<LocalPort> ports = new HashSet<>(ports());
    ports.removeIf(port -> port.domainName().equals("vm1"));
    ports.add(port(1, LIAR, vni, LIARS_ADDRESS));
    return ports;
  }

  /** Whichever of the two networks has the lower VNI. */
  @Test
  void aTapMayGoToAnotherNetworkAndBack() throws Exception {
    converge(world(liarIn(RED), List.of(remote())));
    assertThat(ruleset()).contains("0x0000138a");
    converge(world(liarIn(BLUE), List.of(remote())));
    assertThat(passed(Frames.rarp(REMOTE))).isZero();
  }

  /** A daemon that has just started adds only, until it knows all. */
  @Test
  void aTapThatWentToAnotherNetworkMeanwhileIsFilteredThereBeforeAllIsKnown() throws Exception {
    converge(world(liarIn(RED), List.of(remote())));
    dataplane.close();
    open();
    Inputs back = world(liarIn(BLUE), List.of(remote()));
    Plan plan = Planner.plan(Desire.of(back), dataplane.read(Set.of()), false);
    assertThat(plan.changes()).hasAtLeastOneElementOfType(Change.AddPortFilter.class);
    assertThat(dataplane.apply(plan.changes())).isEmpty();
    assertThat(passed(Frames.rarp(REMOTE))).isZero();
  }

  @Test
  void aFlushedRulesetIsMadeAgainAsItWas() throws Exception {
    String before = ruleset();
    host.run("nft", "flush", "ruleset");
    filters.distrust();
    converge(world());
    assertThat(ruleset()).isEqualTo(before);
    assertThat(passed(Frames.rarp(REMOTE))).isZero();
  }

  @Test
  void aRestartedDaemonWritesNothingAnew() throws Exception {
    passed(Frames.rarp(REMOTE));
    dataplane.close();
    open();
    assertThat(plan(world()).changes()).isEmpty();
    assertThat(liars().frames()).as("the counters go on").isEqualTo(1);
  }

  @Test
  void whatIsKnownLessIsWrittenAnewAndPassesFromThenOn() throws Exception {
    dataplane.close();
    open();
    converge(world(ports(), List.of()));
    assertThat(passed(Frames.rarp(REMOTE))).isEqualTo(1);
    converge(world());
    assertThat(passed(Frames.rarp(REMOTE))).isZero();
    assertThat(passed(Frames.rarp(NEIGHBOUR))).isZero();
  }

  @Test
  void aTapThatComesBeforeAllIsKnownIsFilteredAndNothingIsTakenAway() throws Exception {
    Plan plan =
        Planner.plan(
            Desire.of(world(Set.of(port(1, LIAR, BLUE), port(2, NEIGHBOUR, BLUE)), List.of())),
            dataplane.read(Set.of()),
            false);
    assertThat(plan.changes()).noneMatch(Change.RemovePortFilter.class::isInstance);
    assertThat(passed(Frames.rarp(REMOTE))).isZero();
  }

  @Test
  void theTableIsThereBeforeAndAfterAllTapsAndGoesWithTheNetworks() throws Exception {
    Inputs empty = world(Set.of(), List.of());
    converge(empty);
    assertThat(ruleset()).contains("@denied").doesNotContain("vnet");
    converge(
        new Inputs(
            empty.vtep(), empty.underlay(), Set.of(), Set.of(), empty.knowledge(), Set.of()));
    assertThat(ruleset()).isEmpty();
  }

  @Test
  void theCommandOfTheChangeDoesTheSame() throws Exception {
    String before = ruleset();
    host.run("nft", "flush", "ruleset");
    filters.distrust();
    List<Change> changes = new ArrayList<>(plan(world()).changes());
    assertThat(changes).hasSize(2);
    for (Change change : changes) {
      host.run("sh", "-ec", change.command());
    }
    assertThat(ruleset()).isEqualTo(before);
    filters.distrust();
    assertThat(plan(world()).changes()).isEmpty();
  }
}
