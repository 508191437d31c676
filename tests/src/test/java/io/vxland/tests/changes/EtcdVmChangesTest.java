package io.vxland.tests.changes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.vxland.tests.changes.ChangedVm.Place;
import io.vxland.tests.lab.Lab;
import io.vxland.tests.lab.Result;
import io.vxland.tests.migration.Watch;
import io.vxland.tests.networks.Endpoint;
import io.vxland.tests.networks.Host;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** On Linux bridges, where etcd tells the other host. */
final class EtcdVmChangesTest extends VmChanges {
  EtcdVmChangesTest() {
    super(() -> Lab.up("etcdchange", 2, "--control", "etcd"), false);
  }

  @Override
  void defineNetworks() {
    one.run("vxctl", "network", "define", "blue", "--vni", "5001").must();
    one.run("vxctl", "network", "define", "red", "--vni", "6001").must();
    for (String bridge : List.of("br5001", "br6001")) {
      one.awaitLink(bridge);
      two.awaitLink(bridge);
    }
    for (String network : List.of("blue", "red")) {
      await(network + " is active").atMost(Host.SOON).until(() -> two.isActive(network));
    }
  }

  @Override
  String bridge(String network) {
    return network.equals("blue") ? "br5001" : "br6001";
  }

  @Override
  Endpoint endpoint(String name, String bridge, String address) {
    return Endpoint.plug(two, name, "--bridge", bridge, "--ip", address, "--mtu", "1450");
  }

  @Override
  void mustBePlugged(Host host, Place place) {
    assertThat(host.link(place.tap()).path("master").asText()).isEqualTo(place.bridge());
  }

  /** The networks in which the other host's kernel has the NIC behind host 1. */
  private List<String> knownBy(Host host, String mac) {
    List<String> networks = new ArrayList<>();
    Map.of("blue", "vxlan5001", "red", "vxlan6001")
        .forEach(
            (network, device) -> {
              for (JsonNode entry : host.json("bridge", "-j", "fdb", "show", "dev", device)) {
                if (entry.path("mac").asText().equals(mac) && entry.has("dst")) {
                  networks.add(network);
                }
              }
            });
    return networks;
  }

  private List<String> inEtcd(String mac) {
    return one.lab()
        .etcd(1, "ctl", "get", "--prefix", "--keys-only", "/vxland/1/ports/")
        .must()
        .lines()
        .filter(key -> key.endsWith("/" + mac))
        .map(key -> key.contains("/5001/") ? "blue" : "red")
        .toList();
  }

  @Override
  void awaitKnownElsewhere(String mac, String network) {
    await(mac + " is known to be in " + network)
        .atMost(Host.SOON)
        .untilAsserted(
            () -> {
              assertThat(knownBy(two, mac)).contains(network);
              assertThat(inEtcd(mac)).contains(network);
            });
  }

  /** For some seconds another host might still say that it has the NIC. */
  private void awaitUnknownElsewhere(String mac) {
    await(mac + " is not known")
        .atMost(Host.SOON)
        .untilAsserted(
            () -> {
              assertThat(knownBy(two, mac)).isEmpty();
              assertThat(inEtcd(mac)).isEmpty();
            });
  }

  private void setLink(String state) {
    one.run("virsh", "-q", "domif-setlink", "a", MAC, state).must();
  }

  @Override
  void changeLink() {
    setLink("down");
    setLink("up");
  }

  @Override
  String moveFirst(String network) {
    vm.update(one, vm.onNetwork(MAC, network, ""));
    return network;
  }

  @Test
  @Order(1)
  void aNicIsAPortWhetherItsLinkIsUpOrDownAndOtherHostsKnowItWhileItIsUp() {
    awaitKnownElsewhere(MAC, "blue");
    setLink("down");
    vm.awaitSaid(one, "link down", only(MAC, "blue"));
    awaitUnknownElsewhere(MAC);
    setLink("up");
    awaitFirstInBlue("link up");
    inBlue.mustPing(ADDRESS);
  }

  @Test
  @Order(2)
  void aNicThatMovesToAnotherNetworkAndBackIsInThatOne() {
    vm.update(one, vm.onNetwork(MAC, "red", ""));
    vm.awaitSaid(one, "to red", only(MAC, "red"));
    mustBePlugged(one, place(MAC, "red"));
    awaitKnownElsewhere(MAC, "red");
    inRed.mustPing(ADDRESS);

    vm.update(one, vm.onNetwork(MAC, "blue", ""));
    vm.update(one, vm.onNetwork(MAC, "red", ""));
    vm.update(one, vm.onNetwork(MAC, "blue", ""));
    awaitFirstInBlue("to blue, red and blue");
    inBlue.mustPing(ADDRESS);
  }

  /** A change of a NIC that no network names comes with no hook and no event. */
  @Test
  @Order(3)
  void aNicThatMovesToABridgeOfNobodyAndBackIsNoPortMeanwhile() {
    vm.update(one, vm.onBridge(MAC, "lan0", ""));
    vm.awaitSaid(one, "to lan0", Map.of());

    vm.update(one, vm.onBridge(MAC, bridge("red"), ""));
    vm.awaitSaid(one, "from lan0 to red's bridge", only(MAC, "red"));
    awaitKnownElsewhere(MAC, "red");

    vm.update(one, vm.onBridge(MAC, bridge("blue"), ""));
    awaitFirstInBlue("from red's bridge to blue's");

    vm.update(one, vm.onBridge(MAC, "lan0", ""));
    vm.awaitSaid(one, "to lan0 again", Map.of());
    vm.update(one, vm.onNetwork(MAC, "blue", ""));
    awaitFirstInBlue("from lan0 to network blue");
    inBlue.mustPing(ADDRESS);
  }

  @Test
  @Order(1)
  void aLinkThatGoesDownAndUpIsNotWithdrawnFromOtherHostsForAMoment() {
    awaitKnownElsewhere(MAC, "blue");
    try (Watch monitor = Watch.of(one.lab().start(2, "bridge", "monitor", "fdb"))) {
      String mark = "02:00:00:00:00:77";
      monitor.awaitListening(
          () -> two.run("bridge", "fdb", "replace", mark, "dev", "vxlan6001", "dst", "10.99.0.9"),
          line -> line.contains(mark));
      for (int i = 0; i < 3; i++) {
        setLink("down");
        setLink("up");
        vm.update(one, vm.onNetwork(MAC, "blue", ""));
      }
      awaitFirstInBlue("after three times down, up and back in the network");
      two.run("bridge", "fdb", "del", mark, "dev", "vxlan6001", "dst", "10.99.0.9").must();
      monitor.await("the end", line -> line.contains("Deleted " + mark));
      assertThat(monitor.interrupt())
          .noneMatch(line -> line.contains("Deleted " + MAC) && line.contains("vxlan5001"));
    }
  }

  @Test
  @Order(8)
  void aTapThatLosesItsBridgeIsPluggedInAgain() {
    String tap = vm.tap(one, MAC);
    one.run("ip", "link", "set", tap, "nomaster").must();
    await("the tap is back")
        .atMost(Host.SOON)
        .untilAsserted(() -> mustBePlugged(one, place(MAC, "blue")));
    one.run("ip", "link", "del", "br5001").must();
    await("bridge and tap are back")
        .atMost(Host.SOON)
        .untilAsserted(() -> mustBePlugged(one, place(MAC, "blue")));
    one.awaitEmptyPlan();
    inBlue.mustPing(ADDRESS);

    one.run("ip", "link", "set", tap, "master", "lan0").must();
    await("it is said")
        .atMost(Host.SOON)
        .until(() -> one.answer("/v1/plan").at("/problems").toString().contains(tap));
    assertThat(one.link(tap).path("master").asText()).isEqualTo("lan0");
    one.run("ip", "link", "set", tap, "master", "br5001").must();
    one.awaitEmptyPlan();
    awaitFirstInBlue("plugged in again");
  }

  @Test
  @Order(9)
  void aVmThatIsRenamedOrRevertedToASnapshotOrTransientHasItsPorts() {
    String mac = "52:54:00:00:00:0d";
    one.sh("qemu-img create -q -f qcow2 /var/lib/libvirt/b.qcow2 16M");
    one.lab()
        .guest(1, "b", "--network", "blue", "--mac", mac, "--mtu", "1450", "--define-only")
        .must();
    String xml =
        one.run("virsh", "dumpxml", "--inactive", "b")
            .must()
            .replace(
                "<devices>",
                "<devices><disk type='file'><driver name='qemu' type='qcow2'/><source"
                    + " file='/var/lib/libvirt/b.qcow2'/><target dev='vda'/></disk>");
    one.lab().hostWithInput(1, xml, "virsh", "-q", "define", "/dev/stdin").must();
    one.run("virsh", "-q", "start", "b").must();
    one.run("virsh", "-q", "snapshot-create-as", "b", "s").must();
    ChangedVm other = new ChangedVm("b", false);
    other.update(one, other.onNetwork(mac, "red", ""));
    other.awaitSaid(one, "b in red", Map.of(mac, new Place("red", other.tap(one, mac), "br6001")));

    one.run("virsh", "-q", "snapshot-revert", "b", "s").must();

    other.awaitSaid(one, "reverted", Map.of(mac, new Place("blue", other.tap(one, mac), "br5001")));
    awaitKnownElsewhere(mac, "blue");
    one.run("virsh", "-q", "snapshot-delete", "b", "s").must();
    one.run("virsh", "-q", "destroy", "b").must();
    other.awaitSaid(one, "destroyed", Map.of());

    one.run("virsh", "-q", "domrename", "b", "c").must();
    one.run("virsh", "-q", "start", "c").must();
    ChangedVm renamed = new ChangedVm("c", false);
    renamed.awaitSaid(
        one, "renamed", Map.of(mac, new Place("blue", renamed.tap(one, mac), "br5001")));
    one.run("virsh", "-q", "undefine", "c").must();
    renamed.update(one, renamed.onNetwork(mac, "red", ""));
    renamed.awaitSaid(
        one, "transient, in red", Map.of(mac, new Place("red", renamed.tap(one, mac), "br6001")));
    one.run("virsh", "-q", "destroy", "c").must();
    renamed.awaitSaid(one, "a transient one is gone", Map.of());
    awaitUnknownElsewhere(mac);
  }

  @Test
  @Order(10)
  void aNicThatIsAttachedAroundAMigrationArrivesWithTheVm() {
    vm.attach(one, vm.onNetwork(SECOND, "red", ""));
    CompletableFuture<Result> migration =
        CompletableFuture.supplyAsync(
            () ->
                one.run(
                    "virsh",
                    "migrate",
                    "--live",
                    "--bandwidth",
                    "40",
                    "a",
                    "qemu+tcp://10.98.0.2/system",
                    "tcp://10.98.0.2"));
    // libvirt does it before the migration, or has it wait and refuses it.
    vm.virsh(one, "attach-device", vm.onNetwork(THIRD, "blue", ""), "--live");
    migration.join().must();

    vm.awaitSaid(one, "gone from host 1", Map.of());
    vm.awaitSaid(two, "arrived on host 2", nicsOnTwo("blue"));
    await("host 1 knows the place")
        .atMost(Host.SOON)
        .untilAsserted(
            () -> {
              assertThat(knownBy(one, MAC)).contains("blue");
              assertThat(knownBy(one, SECOND)).contains("red");
            });
    vm.update(two, vm.onNetwork(MAC, "red", ""));
    vm.awaitSaid(two, "to red where it has arrived", nicsOnTwo("red"));
    await("host 1 knows that, too")
        .atMost(Host.SOON)
        .untilAsserted(() -> assertThat(knownBy(one, MAC)).contains("red"));
  }

  private Map<String, Place> nicsOnTwo(String first) {
    Map<String, Place> nics = new TreeMap<>();
    nics.put(MAC, new Place(first, vm.tap(two, MAC), bridge(first)));
    nics.put(SECOND, new Place("red", vm.tap(two, SECOND), "br6001"));
    if (vm.has(two, THIRD)) {
      nics.put(THIRD, new Place("blue", vm.tap(two, THIRD), "br5001"));
    }
    return nics;
  }
}
