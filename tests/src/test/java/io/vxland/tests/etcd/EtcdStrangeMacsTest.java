package io.vxland.tests.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.vxland.tests.lab.Lab;
import io.vxland.tests.lab.LabExtension;
import io.vxland.tests.networks.Background;
import io.vxland.tests.networks.Endpoint;
import io.vxland.tests.networks.FloatingAddress;
import io.vxland.tests.networks.Host;
import io.vxland.tests.networks.SameMac;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** MAC addresses that are not where libvirt says, on hosts that know of each other by etcd. */
class EtcdStrangeMacsTest {
  private static final int VNI = 5001;
  private static final String BRIDGE = "br" + VNI;

  @RegisterExtension
  static final LabExtension LAB =
      new LabExtension(() -> Lab.up("etcdmacs", EtcdHosts.COUNT, "--control", "etcd"));

  private final EtcdHosts known = new EtcdHosts(LAB.lab());
  private final List<Host> hosts = Host.all(LAB.lab(), EtcdHosts.COUNT);
  private final SameMac same = new SameMac(LAB.lab());

  private static JsonNode entry(Host host, String mac) {
    for (JsonNode entry : host.json("bridge", "-j", "fdb", "show", "br", BRIDGE)) {
      if (entry.path("mac").asText().equals(mac) && entry.path("master").asText().equals(BRIDGE)) {
        return entry;
      }
    }
    throw new AssertionError(host + " has no entry for " + mac);
  }

  @Test
  void whatNobodyKnowsMovesAsItSpeaksAndWhatIsKnownStays() {
    hosts.get(0).run("vxctl", "network", "define", "blue", "--vni", "" + VNI).must();
    known.awaitNetworkOnAll("blue");
    hosts.forEach(host -> host.awaitLink(BRIDGE));
    known.awaitHealthy();
    hosts.forEach(Host::awaitEmptyPlan);
    List<Endpoint> clients = plug("c", "10.50.0.2");
    same.start(1, "a", "10.50.0.10/24", true);
    known.awaitPlace(2, VNI, SameMac.MAC, 1);
    known.awaitPlace(3, VNI, SameMac.MAC, 1);
    whatNobodyKnowsMovesBesideIt(clients);
    anotherHostDoesNotGetWhatItPretendsToBe();
    aStandbyMayStart();
    ofTwoThatAreUpBothHostsSay();
    known.awaitHealthy();
  }

  private List<Endpoint> plug(String name, String prefix) {
    return hosts.stream()
        .map(
            host ->
                Endpoint.plug(
                    host, name, "--bridge", BRIDGE, "--ip", prefix + host.index() + "/24"))
        .toList();
  }

  private void whatNobodyKnowsMovesBesideIt(List<Endpoint> clients) {
    FloatingAddress floating = new FloatingAddress("10.50.0.100/24", clients);
    for (Endpoint master : plug("m", "10.50.1.2")) {
      floating.mustBeReachedAt(master);
      floating.endAt(master);
    }
  }

  /** The filter does not see it: the endpoint is no VM's. */
  private void anotherHostDoesNotGetWhatItPretendsToBe() {
    Endpoint liar =
        Endpoint.plug(
            hosts.get(2),
            "liar",
            "--bridge",
            BRIDGE,
            "--mac",
            SameMac.MAC,
            "--ip",
            "10.50.0.66/24");
    JsonNode before = entry(hosts.get(0), SameMac.MAC);
    assertThat(before.path("ifname").asText()).startsWith("vnet");
    liar.run("ping", "-b", "-q", "-c", "5", "-i", "0.1", "-W", "1", "10.50.0.255");
    liar.run("ping", "-q", "-c", "3", "-i", "0.1", "-W", "1", "10.50.0.21");
    assertThat(entry(hosts.get(0), SameMac.MAC).path("ifname")).isEqualTo(before.path("ifname"));
    assertThat(known.places(2, VNI)).containsEntry(SameMac.MAC, EtcdHosts.vtep(1));
    liar.remove();
    await("its own bridge knows better again")
        .atMost(Host.SOON)
        .untilAsserted(
            () ->
                assertThat(entry(hosts.get(2), SameMac.MAC).path("ifname").asText())
                    .isEqualTo("vxlan" + VNI));
  }

  /** Neither beside the one that runs nor on another host does it take anything from it. */
  private void aStandbyMayStart() {
    try (Background places = Background.in(hosts.get(2), "bridge monitor fdb")) {
      same.start(1, "c", "10.50.0.10/24", false);
      same.start(2, "b", "10.50.0.10/24", false);
      same.mustBeQuiet(1, 2, 3);
      assertThat(SameMac.changes(places.stop())).isZero();
    }
    assertThat(known.places(2, VNI)).containsEntry(SameMac.MAC, EtcdHosts.vtep(1));
    hosts.get(0).run("virsh", "destroy", "c").must();
  }

  private void ofTwoThatAreUpBothHostsSay() {
    Host two = hosts.get(1);
    try (Background places = Background.in(hosts.get(2), "bridge monitor fdb")) {
      two.run("virsh", "domif-setlink", "b", SameMac.MAC, "up").must();
      same.awaitSaidOn(1, 2);
      known.awaitPlace(3, VNI, SameMac.MAC, 2);
      assertThat(SameMac.changes(places.stop())).isBetween(1L, 6L);
    }
    two.run("virsh", "domif-setlink", "b", SameMac.MAC, "down").must();
    known.awaitPlace(3, VNI, SameMac.MAC, 1);
    same.mustBeQuiet(1, 2);
    await("it is where it was")
        .atMost(Host.SOON)
        .until(() -> known.places(2, VNI).containsKey(SameMac.MAC));
  }
}
