package io.vxland.control.evpn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vxland.model.IpAddress;
import io.vxland.model.Vtep;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FrrConfigurationTest {
  /** As FRR 8.4.4 prints it after it has taken the first of the golden files below. */
  private static final String RUNNING =
      """
      Building configuration...

      Current configuration:
      !
      frr version 8.4.4
      frr defaults traditional
      hostname h1
      no ip forwarding
      !
      router bgp 65000
       bgp router-id 10.99.0.1
       no bgp default ipv4-unicast
       neighbor vxland peer-group
       neighbor vxland remote-as 65000
       neighbor vxland update-source 10.99.0.1
       neighbor vxland timers connect 5
       neighbor 10.99.0.2 peer-group vxland
       neighbor 10.99.0.3 peer-group vxland
       !
       address-family l2vpn evpn
        neighbor vxland activate
        advertise-all-vni
       exit-address-family
      exit
      !
      router bgp 65010 vrf red
       neighbor 10.1.0.1 remote-as 65011
      exit
      !
      end
      """;

  private static FrrConfiguration of(boolean reflector, String... peers) {
    return FrrConfiguration.of(
        new EvpnSettings(
            65000,
            Vtep.parse("10.99.0.1"),
            Stream.of(peers).map(IpAddress::parse).toList(),
            reflector,
            true,
            Path.of("/usr/bin/vtysh")));
  }

  private static List<String> changes(FrrConfiguration wanted, String running) throws FrrException {
    return wanted.changesFrom(RunningConfiguration.parse(running));
  }

  @Test
  void hostsOfAFullMeshNameEachOther() {
    assertThat(of(false, "10.99.0.2", "10.99.0.3").text())
        .isEqualTo(
            """
            router bgp 65000
             bgp router-id 10.99.0.1
             no bgp default ipv4-unicast
             neighbor vxland peer-group
             neighbor vxland remote-as 65000
             neighbor vxland update-source 10.99.0.1
             neighbor vxland timers connect 5
             neighbor 10.99.0.2 peer-group vxland
             neighbor 10.99.0.3 peer-group vxland
             !
             address-family l2vpn evpn
              neighbor vxland activate
              advertise-all-vni
             exit-address-family
            exit
            """);
  }

  @Test
  void aRouteReflectorHasClients() {
    assertThat(of(true, "10.99.0.2").text())
        .contains("  neighbor vxland activate\n  neighbor vxland route-reflector-client\n");
  }

  @Test
  void nothingIsChangedWhereFrrHasItAlready() throws FrrException {
    assertThat(changes(of(false, "10.99.0.2", "10.99.0.3"), RUNNING)).isEmpty();
    assertThat(changes(of(false, "10.99.0.3", "10.99.0.2"), RUNNING)).isEmpty();
  }

  @Test
  void anEmptyFrrGetsAllOfIt() throws FrrException {
    FrrConfiguration wanted = of(false, "10.99.0.2");
    List<String> changes = changes(wanted, "frr version 8.4.4\n!\nend\n");
    assertThat(changes)
        .startsWith("configure terminal", "router bgp 65000", "bgp router-id 10.99.0.1")
        .endsWith(
            "address-family l2vpn evpn", "neighbor vxland activate", "advertise-all-vni", "end");
    assertThat(changes).containsAll(wanted.speaker());
  }

  @Test
  void aPeerThatIsNoMoreGoesAndANewOneComes() throws FrrException {
    assertThat(changes(of(false, "10.99.0.2", "10.99.0.4"), RUNNING))
        .containsExactly(
            "configure terminal",
            "router bgp 65000",
            "no neighbor 10.99.0.3",
            "neighbor 10.99.0.4 peer-group vxland",
            "end");
  }

  @Test
  void aHostThatIsNoReflectorAnyMoreHasNoClients() throws FrrException {
    String reflector =
        RUNNING.replace(
            "  advertise-all-vni\n",
            "  neighbor vxland route-reflector-client\n  advertise-all-vni\n");
    assertThat(changes(of(false, "10.99.0.2", "10.99.0.3"), reflector))
        .containsExactly(
            "configure terminal",
            "router bgp 65000",
            "address-family l2vpn evpn",
            "no neighbor vxland route-reflector-client",
            "end");
  }

  @Test
  void whatAnOperatorHasAddedStays() throws FrrException {
    String more =
        RUNNING
            .replace(
                " neighbor vxland peer-group\n",
                """
                 neighbor vxland peer-group
                 neighbor fabric peer-group
                 neighbor 10.1.1.1 peer-group fabric
                 bgp bestpath as-path multipath-relax
                """
                    .indent(1))
            .replace(
                "  advertise-all-vni\n",
                """
                  neighbor fabric activate
                  advertise-all-vni
                  advertise-svi-ip
                """
                    .indent(2))
            .replace(
                " address-family l2vpn evpn\n",
                """
                 address-family ipv4 unicast
                  neighbor vxland activate
                 exit-address-family
                 address-family l2vpn evpn
                """
                    .indent(1));
    assertThat(changes(of(false, "10.99.0.2", "10.99.0.3"), more)).isEmpty();
  }

  @Test
  void anotherAutonomousSystemIsNotTouched() {
    assertThatThrownBy(
            () ->
                changes(
                    of(false, "10.99.0.2"), RUNNING.replace("router bgp 65000", "router bgp 7")))
        .isInstanceOf(FrrException.class)
        .hasMessage("it has AS 7, but [evpn] as = 65000: correct one of the two");
  }

  @Test
  void anOperatorHearsWhatHeHasForgotten() {
    assertThat(RunningConfiguration.parse(RUNNING).missing(65000)).isEmpty();
    assertThat(RunningConfiguration.parse("!\nend\n").missing(65000))
        .containsExactly("router bgp 65000");
    assertThat(
            RunningConfiguration.parse("router bgp 7\n neighbor x peer-group\nexit\n")
                .missing(65000))
        .containsExactly(
            "router bgp 65000 (it is 7)",
            "address-family l2vpn evpn: advertise-all-vni",
            "address-family l2vpn evpn: neighbor ... activate");
  }
}
