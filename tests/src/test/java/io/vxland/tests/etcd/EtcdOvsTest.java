package io.vxland.tests.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.vxland.tests.lab.Lab;
import io.vxland.tests.lab.LabExtension;
import io.vxland.tests.migration.Probe;
import io.vxland.tests.networks.Endpoint;
import io.vxland.tests.networks.FloatingAddress;
import io.vxland.tests.networks.Host;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Hosts that know of each other by etcd, with a network on Open vSwitch. */
@Tag("alone")
class EtcdOvsTest {
  @RegisterExtension
  static final LabExtension LAB =
      new LabExtension(() -> Lab.up("etcdovs", EtcdHosts.COUNT, "--control", "etcd", "--ovs"));

  private static final String BRIDGE = "br-extun";
  private static final String CARD = "52:54:00:00:00:0a";
  private static final String SILENT = "52:54:00:00:00:0b";
  private static final String ADDRESS = "10.50.0.10";

  private final EtcdHosts known = new EtcdHosts(LAB.lab());
  private final List<Host> hosts = Host.all(LAB.lab(), EtcdHosts.COUNT);

  private static Lab lab() {
    return LAB.lab();
  }

  /** Where a switch sends frames for a card: the port of a tunnel, or none. */
  private static String way(Host host, String mac) {
    String port =
        host.run("ovs-ofctl", "-O", "OpenFlow14", "--no-stats", "--names", "dump-flows", BRIDGE)
            .must()
            .lines()
            .filter(flow -> flow.contains("priority=100,dl_dst=" + mac + " actions=output:"))
            .map(flow -> flow.replaceFirst(".*output:", "").replace("\"", ""))
            .findFirst()
            .orElse("");
    return port.isEmpty()
        ? ""
        : host.run("ovs-vsctl", "get", "interface", port, "options:remote_ip")
            .must()
            .strip()
            .replace("\"", "");
  }

  /** Of VRRP's address libvirt knows nothing: whoever speaks with its MAC address has it. */
  private void anAddressMovesWithItsMac() {
    Endpoint former =
        Endpoint.plug(hosts.get(0), "former", "--ovs-bridge", BRIDGE, "--ip", "10.50.0.131/24");
    FloatingAddress floating =
        new FloatingAddress("10.50.0.100/24", List.of(former, new Endpoint(hosts.get(2), "p")));
    for (int host : List.of(0, 1, 0, 1)) {
      Endpoint master = new Endpoint(hosts.get(host), "p");
      floating.mustBeReachedAt(master);
      floating.endAt(master);
    }
    former.remove();
  }

  private void awaitWays(String mac, int at) {
    for (Host host : hosts) {
      await(host + " sends frames for " + mac + " to h" + at)
          .atMost(Host.SOON)
          .untilAsserted(
              () ->
                  assertThat(way(host, mac))
                      .isEqualTo(host.index() == at ? "" : EtcdHosts.vtep(at)));
    }
  }

  @Test
  void placesAreFlowsBeforeTheFirstFrameAndFollowAMigration() {
    hosts.get(0).run("vxctl", "network", "define", "blue", "--template", "ovs-tun").must();
    known.awaitNetworkOnAll("blue");
    for (Host host : hosts) {
      lab()
          .endpoint(
              host.index(),
              "p",
              "--ovs-bridge",
              BRIDGE,
              "--mtu",
              "1450",
              "--ip",
              "10.50.0.10" + host.index() + "/24")
          .must();
      assertThat(host.vxctl("peers"))
          .hasSize(2)
          .allMatch(peer -> peer.path("source").asText().equals("etcd"));
    }
    anAddressMovesWithItsMac();

    lab().guest(2, "silent", "--network", "blue", "--mac", SILENT).must();
    awaitWays(SILENT, 2);
    JsonNode told = known.told(1, "blue", SILENT, 2);
    assertThat(told.get("source").asText()).isEqualTo("etcd");
    assertThat(told.get("present").asBoolean()).isTrue();
    hosts.get(1).run("virsh", "destroy", "silent").must();
    for (Host host : hosts) {
      await(host + " forgets it").atMost(Host.SOON).until(() -> way(host, SILENT).isEmpty());
    }

    lab()
        .guest(1, "a", "--network", "blue", "--mac", CARD, "--ip", ADDRESS + "/24", "--mtu", "1450")
        .must();
    lab().waitGuest(1, "a").must();
    awaitWays(CARD, 1);
    itGoesOnAsSoonAsAllKnowWhereItIs();

    EtcdHosts.all().parallel().forEach(host -> lab().etcd(host, "kill9").must());
    for (Host host : hosts) {
      await(host + " says so").atMost(Host.SOON).until(() -> known.missesEtcd(host.index()));
    }
    awaitWays(CARD, 1);
    EtcdHosts.all().parallel().forEach(host -> lab().etcd(host, "start").must());
    known.awaitHealthy();
    awaitWays(CARD, 1);
    aGuestThatTakesTheMacOfAnotherHostsVmIsNamed();
  }

  /** While it goes on, the host that it left before it still passes on what it gets. */
  private void itGoesOnAsSoonAsAllKnowWhereItIs() {
    List<Probe> probes =
        EtcdHosts.all().mapToObj(host -> Probe.start(lab(), host, ADDRESS)).toList();
    try {
      for (int from = 1; from <= EtcdHosts.COUNT; from++) {
        int to = from % EtcdHosts.COUNT + 1;
        lab().migrate(from, to, "a").must();
        awaitWays(CARD, to);
      }
      System.out.printf(
          "ovs-tun over etcd, once around: pings at 2 ms lost %s%n", Probe.mustHaveLostFew(probes));
    } finally {
      probes.forEach(Probe::close);
    }
  }

  /** By which port h1's switch has learned a MAC address. */
  private Optional<String> placeOf(String mac) {
    return hosts
        .get(0)
        .run("ovs-appctl", "fdb/show", BRIDGE)
        .must()
        .lines()
        .map(line -> line.strip().split(" +"))
        .filter(entry -> entry[2].equals(mac))
        .map(entry -> entry[0])
        .findFirst();
  }

  private void aGuestThatTakesTheMacOfAnotherHostsVmIsNamed() {
    Host one = hosts.get(0);
    hosts.get(1).run("virsh", "start", "silent").must();
    awaitWays(SILENT, 2);
    one.awaitEmptyPlan();

    lab()
        .inGuest(
            1,
            "a",
            "ip link set eth0 address "
                + SILENT
                + "; ping -c 3 -W 1 10.50.0.102; ip link set eth0 address "
                + CARD)
        .must();

    assertThat(placeOf(SILENT)).as("where h1 has learned it").isNotEqualTo(placeOf(CARD));
    await("h1 names the VM")
        .atMost(Host.SOON)
        .until(
            () -> lab().answer(1, "/v1/status"),
            status -> status.contains("VM 'a', tap vnet") && status.contains(SILENT));
    lab().inEndpoint(2, "p", "ping", "-c", "3", "-i", "0.2", "-W", "10", ADDRESS).must();
  }
}
