package io.vxland.tests.evpn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vxland.tests.lab.Lab;
import io.vxland.tests.lab.LabExtension;
import io.vxland.tests.migration.Probe;
import io.vxland.tests.networks.Endpoint;
import io.vxland.tests.networks.Host;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A routed fabric as vxland.conf(5) has it: the VTEP is a /32 on lo, each host has two uplinks
 * without addresses of the fabric, and BGP says by IPv6 next hops where the other VTEPs are (RFC
 * 5549). The operator configures FRR.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class EvpnFabricTest {
  @RegisterExtension
  static final LabExtension LAB = new LabExtension(() -> Lab.up("evpnfabric", 2, "--no-daemon"));

  private static final String ADDRESS = "10.61.0.1";

  private static List<Host> hosts;

  @BeforeAll
  static void start() {
    Lab lab = LAB.lab();
    hosts = Host.all(lab, 2);
    for (Host host : hosts) {
      int each = host.index();
      lab.frrConfiguration(
              each,
              """
              interface lo
               ip address 10.97.0.%1$d/32
              exit
              router bgp 420000000%1$d
               bgp router-id 10.97.0.%1$d
               no bgp default ipv4-unicast
               no bgp ebgp-requires-policy
               neighbor fabric peer-group
               neighbor fabric remote-as external
               neighbor eth0 interface peer-group fabric
               neighbor eth1 interface peer-group fabric
               address-family ipv4 unicast
                network 10.97.0.%1$d/32
                neighbor fabric activate
               exit-address-family
               address-family l2vpn evpn
                neighbor fabric activate
                advertise-all-vni
               exit-address-family
              exit
              """
                  .formatted(each))
          .must();
      lab.hostWithInput(
              each,
              """
              [host]
              address = lo
              [control]
              mode = evpn
              [evpn]
              as = 420000000%d
              manage = no
              """
                  .formatted(each),
              "tee",
              "/etc/vxland/vxland.conf")
          .must();
      lab.frr(each, "start").must();
      lab.daemon(each, "start").must();
      host.defineNetwork("red", 61);
      Endpoint.plug(
          host, "p", "--bridge", "br61", "--mtu", "1450", "--ip", "10.61.0.10" + each + "/24");
    }
  }

  private static void awaitUnderlay(Host host, String outlets) {
    await(host + ": underlay by " + outlets)
        .atMost(Host.SOON)
        .until(
            () ->
                host.run("vxctl", "status")
                    .out()
                    .contains("10.97.0." + host.index() + " on lo, by " + outlets + ", MTU 1500"));
  }

  @Test
  @Order(1)
  void bothUplinksCarryTheNetwork() {
    for (Host host : hosts) {
      awaitUnderlay(host, "eth0, eth1");
      host.awaitEmptyPlan();
      assertThat(host.run("ip", "route", "show", "10.97.0." + (3 - host.index())).must())
          .contains("via inet6", "dev eth0", "dev eth1");
    }
    new Endpoint(hosts.get(0), "p").mustPing("10.61.0.102");
    new Endpoint(hosts.get(0), "p").mustHaveMtu(1450, "10.61.0.102");
  }

  @Test
  @Order(2)
  void aVmMigratesAndFewFramesAreLost() {
    Lab lab = LAB.lab();
    lab.guest(1, "a", "--network", "red", "--ip", ADDRESS + "/24", "--mtu", "1450").must();
    lab.waitGuest(1, "a").must();
    List<Probe> probes = List.of(Probe.start(lab, 1, ADDRESS), Probe.start(lab, 2, ADDRESS));
    try {
      lab.migrate(1, 2, "a").must();
      Probe.mustHaveLostFew(probes);
    } finally {
      probes.forEach(Probe::close);
    }
  }

  @Test
  @Order(3)
  void whereOneUplinkIsLostTheOtherCarriesAll() {
    // A cable has two ends.
    hosts.forEach(host -> host.sh("ip link set eth0 down"));
    for (Host host : hosts) {
      awaitUnderlay(host, "eth1");
    }
    new Endpoint(hosts.get(0), "p").mustPing(ADDRESS);
    hosts.forEach(Host::awaitEmptyPlan);
  }
}
