package io.vxland.tests.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.model.Allowance;
import io.vxland.model.IpAddress;
import io.vxland.model.LocalPort;
import io.vxland.model.MacAddress;
import io.vxland.model.PortSecurity;
import io.vxland.plan.DeniedFrames;
import io.vxland.plan.Inputs;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What {@code port-security} forbids a NIC, and what a VM's metadata allow it nevertheless. */
class PortSecurityKernelTest extends PortFilterScene {
  private static final String TO_ALL = "ff02::1";
  private static final String LINK_LOCAL = "fe80::5054:ff:fe00:1";
  private static final String VIRTUAL_MAC = "00:00:5e:00:01:0a";
  private static final String VIRTUAL_ADDRESS = "10.7.0.100";

  private static final String[] ITS_OWN = {
    Frames.arp(LIAR, 2, LIAR, LIARS_ADDRESS, LIARS_ADDRESS),
    Frames.rarp(LIAR),
    Frames.arp(LIAR, 1, LIAR, "0.0.0.0", LIARS_ADDRESS),
    Frames.udp(Frames.ALL, LIAR, "0.0.0.0", "255.255.255.255", 68),
    Frames.udp(Frames.ALL, LIAR, LIARS_ADDRESS, "10.7.0.255", 5000),
    Frames.neighbour(LIAR, 135, "::", TO_ALL, LIARS_IPV6, ""),
    Frames.neighbour(LIAR, 136, LINK_LOCAL, TO_ALL, LINK_LOCAL, Frames.option(2, LIAR)),
    Frames.neighbour(LIAR, 136, LIARS_IPV6, TO_ALL, LIARS_IPV6, Frames.option(2, LIAR)),
    Frames.udp6(LIAR, LINK_LOCAL, "ff02::1:2", 546),
    Frames.udp6(LIAR, LIARS_IPV6, TO_ALL, 5000)
  };

  private static final String[] UNKNOWN_MACS = {
    Frames.udp(Frames.ALL, NOBODY, LIARS_ADDRESS, "10.7.0.255", 5000),
    Frames.rarp(NOBODY),
    Frames.arp(LIAR, 2, NOBODY, LIARS_ADDRESS, LIARS_ADDRESS),
    Frames.neighbour(LIAR, 136, LIARS_IPV6, TO_ALL, LIARS_IPV6, Frames.option(2, NOBODY))
  };

  private static final String[] UNKNOWN_ADDRESSES = {
    Frames.arp(LIAR, 2, LIAR, "10.7.0.77", "10.7.0.77"),
    Frames.udp(Frames.ALL, LIAR, "10.7.0.77", "10.7.0.255", 5000),
    Frames.neighbour(LIAR, 136, LIARS_IPV6, TO_ALL, "fd70::77", Frames.option(2, LIAR)),
    Frames.udp6(LIAR, "fd70::77", TO_ALL, 5000)
  };

  private static final String[] SERVERS = {
    Frames.udp(Frames.ALL, LIAR, LIARS_ADDRESS, "255.255.255.255", 67),
    Frames.udp6(LIAR, LINK_LOCAL, TO_ALL, 547),
    Frames.router(LIAR, 134, LINK_LOCAL),
    Frames.router(LIAR, 137, LINK_LOCAL)
  };

  private static Inputs strict(Allowance allowance) {
    return world(PortSecurity.STRICT, allowance);
  }

  private static Inputs world(PortSecurity security, Allowance allowance) {
    Set<LocalPort> ports = new HashSet<>();
    ports().forEach(port -> ports.add(isLiars(port) ? port.allowed(allowance) : port));
    return world(ports, List.of(remote()), security);
  }

  private static boolean isLiars(LocalPort port) {
    return port.mac().equals(MacAddress.parse(LIAR));
  }

  private static Allowance choice(PortSecurity security) {
    return new Allowance(Optional.of(security), Set.of(), Set.of(), false, false);
  }

  private int stopped(String... frames) throws Exception {
    return frames.length - passed(frames);
  }

  @Test
  void strictLetsOnlyItsOwnAddressesPass() throws Exception {
    converge(strict(Allowance.NONE));
    assertThat(stopped(ITS_OWN)).isZero();
    assertThat(stopped(UNKNOWN_MACS)).isEqualTo(UNKNOWN_MACS.length);
    assertThat(stopped(UNKNOWN_ADDRESSES)).isEqualTo(UNKNOWN_ADDRESSES.length);
    assertThat(stopped(Frames.rarp(REMOTE), Frames.rarp(NEIGHBOUR))).isEqualTo(2);
    assertThat(learned(NOBODY)).isEmpty();
    assertThat(liars().macs()).containsEntry(MacAddress.parse(NOBODY), 4L);
    assertThat(liars().addresses())
        .containsEntry(IpAddress.parse("10.7.0.77"), 2L)
        .containsEntry(IpAddress.parse("fd70::77"), 2L);
  }

  @Test
  void strictLetsNoServerPassThatIsNotAllowed() throws Exception {
    converge(strict(Allowance.NONE));
    assertThat(stopped(SERVERS)).isEqualTo(SERVERS.length);
    DeniedFrames denied = liars();
    assertThat(denied.dhcp()).isEqualTo(2);
    assertThat(denied.router()).isEqualTo(2);
    converge(strict(new Allowance(Optional.empty(), Set.of(), Set.of(), true, true)));
    assertThat(stopped(SERVERS)).isZero();
    // A router forwards packets of others.
    assertThat(stopped(UNKNOWN_ADDRESSES)).isZero();
    assertThat(stopped(UNKNOWN_MACS)).isEqualTo(UNKNOWN_MACS.length);
  }

  @Test
  void whatTheMetadataAllowPassesBeside() throws Exception {
    converge(
        strict(
            new Allowance(
                Optional.empty(),
                Set.of(MacAddress.parse(VIRTUAL_MAC)),
                Set.of(IpAddress.parse(VIRTUAL_ADDRESS)),
                false,
                false)));
    assertThat(
            stopped(
                Frames.arp(VIRTUAL_MAC, 2, VIRTUAL_MAC, VIRTUAL_ADDRESS, VIRTUAL_ADDRESS),
                Frames.udp(Frames.ALL, VIRTUAL_MAC, VIRTUAL_ADDRESS, "10.7.0.255", 5000)))
        .isZero();
    assertThat(stopped(ITS_OWN)).isZero();
    assertThat(stopped(UNKNOWN_MACS)).isEqualTo(UNKNOWN_MACS.length);
  }

  @Test
  void aNicsOwnChoiceCountsMoreThanItsNetworks() throws Exception {
    converge(world(PortSecurity.KNOWN, choice(PortSecurity.STRICT)));
    assertThat(stopped(UNKNOWN_MACS)).isEqualTo(UNKNOWN_MACS.length);
    converge(world(PortSecurity.STRICT, choice(PortSecurity.KNOWN)));
    assertThat(stopped(UNKNOWN_MACS)).isZero();
    assertThat(stopped(Frames.rarp(REMOTE))).isEqualTo(1);
    converge(world(PortSecurity.STRICT, choice(PortSecurity.NONE)));
    assertThat(stopped(Frames.rarp(REMOTE))).isZero();
  }

  @Test
  void whereNothingIsFilteredThereIsNoTable() throws Exception {
    converge(world(PortSecurity.NONE, Allowance.NONE));
    assertThat(ruleset()).isEmpty();
  }

  /** Linux takes what has no tag but a priority as any other frame, however many there are. */
  @Test
  void aPriorityTagHidesNoClaim() throws Exception {
    String[] claims = {
      Frames.rarp(REMOTE),
      Frames.arp(LIAR, 2, LIAR, REMOTE_ADDRESS, REMOTE_ADDRESS),
      Frames.neighbour(LIAR, 136, LIARS_IPV6, TO_ALL, REMOTE_IPV6, Frames.option(2, LIAR)),
      Frames.neighbour(LIAR, 135, REMOTE_IPV6, TO_ALL, "fd70::9", Frames.option(1, LIAR))
    };
    for (String claim : claims) {
      assertThat(stopped(Frames.tagged("8100", 0, claim))).as(claim).isEqualTo(1);
      assertThat(stopped(Frames.tagged("88a8", 0, claim))).as(claim).isEqualTo(1);
      assertThat(stopped(Frames.tagged("8100", 0, Frames.tagged("8100", 0, claim))))
          .as(claim)
          .isEqualTo(1);
    }
    for (String legal : ITS_OWN) {
      assertThat(stopped(Frames.tagged("8100", 0, legal))).as(legal).isZero();
    }
    converge(strict(Allowance.NONE));
    for (String server : SERVERS) {
      assertThat(stopped(Frames.tagged("8100", 0, server))).as(server).isEqualTo(1);
    }
  }
}
