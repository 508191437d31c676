package io.vxland.tests.changes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vxland.tests.changes.ChangedVm.Place;
import io.vxland.tests.lab.Lab;
import io.vxland.tests.networks.Endpoint;
import io.vxland.tests.networks.Host;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** On Open vSwitch, where nobody tells the other host. */
final class OvsVmChangesTest extends VmChanges {
  OvsVmChangesTest() {
    super(() -> Lab.up("ovschange", 2, "--ovs"), true);
  }

  @Override
  void defineNetworks() {
    for (Host host : List.of(one, two)) {
      define(host, "blue", "5001");
      define(host, "red", "6001");
    }
  }

  private void define(Host host, String name, String vni) {
    host.run(
            "vxctl",
            "network",
            "define",
            name,
            "--template",
            "ovs-tun",
            "--vni",
            vni,
            "--bridge",
            bridge(name))
        .must();
  }

  @Override
  String bridge(String network) {
    return "ovs-" + network;
  }

  @Override
  Endpoint endpoint(String name, String bridge, String address) {
    return Endpoint.plug(two, name, "--ovs-bridge", bridge, "--ip", address, "--mtu", "1450");
  }

  @Override
  void mustBePlugged(Host host, Place place) {
    assertThat(host.run("ovs-vsctl", "--timeout=20", "port-to-br", place.tap()).must().strip())
        .isEqualTo(place.bridge());
  }

  @Override
  void awaitKnownElsewhere(String mac, String network) {}

  /** libvirt up to 10.7 refuses, and takes back what it has begun. */
  @Override
  String moveFirst(String network) {
    return vm.virsh(one, "update-device", vm.onNetwork(MAC, network, ""), "--live").ok()
        ? network
        : "blue";
  }

  @Override
  void changeLink() {
    for (String state : List.of("down", "up")) {
      one.run("virsh", "-q", "domif-setlink", "a", MAC, state);
    }
  }

  @Test
  @Order(1)
  void whatLibvirtTakesBackHasChangedNothing() {
    changeLink();
    awaitFirstInBlue("after domif-setlink");
    String network = moveFirst("red");
    vm.awaitSaid(one, "after update-device", only(MAC, network));
    mustBePlugged(one, place(MAC, network));
    moveFirst("blue");
    awaitFirstInBlue("in blue");
    inBlue.mustPing(ADDRESS);
  }

  @Test
  @Order(8)
  void aTapThatFallsOutOfItsBridgeIsPluggedInAgain() {
    String tap = vm.tap(one, MAC);
    one.sh("ovs-vsctl --timeout=20 del-port " + tap);
    await("the tap is back")
        .atMost(Host.SOON)
        .until(() -> one.run("ovs-vsctl", "--timeout=20", "port-to-br", tap).ok());
    mustBePlugged(one, place(MAC, "blue"));
    one.awaitEmptyPlan();
    inBlue.mustPing(ADDRESS);
  }
}
