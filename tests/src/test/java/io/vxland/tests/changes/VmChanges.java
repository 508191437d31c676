package io.vxland.tests.changes;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.tests.changes.ChangedVm.Place;
import io.vxland.tests.lab.Lab;
import io.vxland.tests.lab.LabExtension;
import io.vxland.tests.networks.Endpoint;
import io.vxland.tests.networks.Host;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A VM on host 1 with one NIC in network blue. Each test ends with that NIC, and it alone, in blue
 * again.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
abstract class VmChanges {
  static final String MAC = "52:54:00:00:00:0a";
  static final String SECOND = "52:54:00:00:00:0b";
  static final String THIRD = "52:54:00:00:00:0c";
  static final String ADDRESS = "10.50.0.1";

  @RegisterExtension final LabExtension labs;

  final ChangedVm vm;
  Host one;
  Host two;
  Endpoint inBlue;
  Endpoint inRed;

  VmChanges(Supplier<Lab> lab, boolean onSwitch) {
    this.labs = new LabExtension(lab);
    this.vm = new ChangedVm("a", onSwitch);
  }

  /** Defines the networks blue (5001) and red (6001) on both hosts. */
  abstract void defineNetworks();

  /** An endpoint on host 2. */
  abstract Endpoint endpoint(String name, String bridge, String address);

  /** The bridge of a network. */
  abstract String bridge(String network);

  /** The tap is in that bridge, as the kernel or Open vSwitch has it. */
  abstract void mustBePlugged(Host host, Place place);

  /** The other host knows where the NIC is. */
  abstract void awaitKnownElsewhere(String mac, String network);

  /**
   * Moves the first NIC to a network, where libvirt can; returns the network that it is in then.
   */
  abstract String moveFirst(String network);

  /** Sets the link of the first NIC down and up, where libvirt can. */
  abstract void changeLink();

  @BeforeAll
  void startTheVm() {
    one = new Host(labs.lab(), 1);
    two = new Host(labs.lab(), 2);
    defineNetworks();
    one.sh("ip link add lan0 type bridge && ip link set lan0 up");
    inBlue = endpoint("blue2", bridge("blue"), "10.50.0.2/24");
    inRed = endpoint("red2", bridge("red"), "10.50.0.3/24");
    vm.start(one, MAC, ADDRESS + "/24");
    one.lab().waitGuest(1, "a").must();
    inBlue.mustPing(ADDRESS);
  }

  @AfterEach
  void theLogNamesNoBug() {
    assertThat(one.lab().daemon(1, "log").must()).doesNotContain("bug in vxland", "Exception");
  }

  Map<String, Place> only(String mac, String network) {
    return Map.of(mac, place(mac, network));
  }

  Place place(String mac, String network) {
    return new Place(network, vm.tap(one, mac), bridge(network));
  }

  void awaitNicsInBlue(String what, String... others) {
    Map<String, Place> expected = new TreeMap<>(only(MAC, "blue"));
    for (String other : others) {
      expected.put(other, place(other, "blue"));
    }
    vm.awaitSaid(one, what, expected);
    expected.values().forEach(place -> mustBePlugged(one, place));
  }

  void awaitFirstInBlue(String what) {
    awaitNicsInBlue(what);
    awaitKnownElsewhere(MAC, "blue");
  }

  @Test
  @Order(4)
  void nicsThatAreAttachedAreKnownWithTheirTapsUntilTheyAreDetached() {
    vm.attach(one, vm.onNetwork(SECOND, "blue", ""));
    awaitNicsInBlue("a second NIC in blue", SECOND);
    awaitKnownElsewhere(SECOND, "blue");
    vm.attach(one, vm.onBridge(THIRD, bridge("blue"), "<target dev='web0'/>"));
    awaitNicsInBlue("a third on its bridge, with a tap of a fixed name", SECOND, THIRD);
    assertThat(vm.said(one).get(THIRD).tap()).isEqualTo("web0");

    vm.detach(one, SECOND);
    awaitNicsInBlue("the second is gone", THIRD);
    vm.detach(one, THIRD);
    awaitFirstInBlue("the third is gone");
  }

  @Test
  @Order(5)
  void whatIsChangedWhileTheDaemonIsDownIsRightWhenItIsBack() {
    vm.attach(one, vm.onNetwork(SECOND, "blue", ""));
    one.lab().daemon(1, "stop").must();
    String network = moveFirst("red");
    vm.attach(one, vm.onNetwork(THIRD, "blue", ""));
    vm.detach(one, SECOND);
    one.lab().daemon(1, "start").must();
    vm.awaitSaid(
        one, "after a restart", Map.of(MAC, place(MAC, network), THIRD, place(THIRD, "blue")));
    awaitKnownElsewhere(MAC, network);
    awaitKnownElsewhere(THIRD, "blue");

    one.lab().daemon(1, "stop").must();
    moveFirst("blue");
    vm.detach(one, THIRD);
    one.lab().daemon(1, "start").must();
    awaitFirstInBlue("after another restart");
  }

  @Test
  @Order(6)
  void aNetworkThatIsStoppedAndStartedOrUpdatedKeepsItsVms() {
    one.run("virsh", "-q", "net-destroy", "blue").must();
    one.run("virsh", "-q", "net-start", "blue").must();
    awaitFirstInBlue("after net-destroy and net-start");
    changeLink();
    awaitFirstInBlue("after domif-setlink in the network that was started anew");
    vm.attach(one, vm.onNetwork(SECOND, "blue", ""));
    awaitNicsInBlue("a second NIC in the network that was started anew", SECOND);
    vm.detach(one, SECOND);
    awaitFirstInBlue("the second NIC is gone");
    one.run(
            "virsh",
            "-q",
            "net-update",
            "blue",
            "add",
            "portgroup",
            "<portgroup name='p'/>",
            "--live")
        .must();
    awaitFirstInBlue("after net-update");
    moveFirst("blue");
    awaitFirstInBlue("in network blue again");
    inBlue.mustPing(ADDRESS);
  }

  @Test
  @Order(7)
  void aVmThatIsSavedAndComesBackHasItsPorts() {
    one.run("virsh", "-q", "managedsave", "a").must();
    vm.awaitSaid(one, "saved", Map.of());
    one.run("virsh", "-q", "start", "a").must();
    awaitFirstInBlue("restored");
    one.run("virsh", "-q", "save", "a", "/var/lib/libvirt/a.saved").must();
    one.run("virsh", "-q", "restore", "/var/lib/libvirt/a.saved").must();
    awaitFirstInBlue("saved and restored at once");
    inBlue.mustPing(ADDRESS);
  }
}
