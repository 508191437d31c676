package io.vxland.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.api.HookEvent;
import io.vxland.api.HookVerdict;
import io.vxland.model.InterfaceName;
import io.vxland.model.IpAddress;
import io.vxland.model.LocalPort;
import io.vxland.plan.ActualState;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HookHandlerTest extends HookScene {
  @Test
  void aNetworkThatStartsHasItsBridgeWhenTheHookReturns() {
    assertThat(network("start", "blue", "5001", "br5001").goOn()).isTrue();
    assertThat(dataplane.kernel.links).containsKeys(BRIDGE, new InterfaceName("vxlan5001"));
  }

  @Test
  void aSecondNetworkWithTheSameVniIsRefusedNamingBoth() {
    network("start", "blue", "5001", "br5001");
    HookVerdict verdict = network("start", "red", "5001", "brred");
    assertThat(verdict.goOn()).isFalse();
    assertThat(verdict.reason())
        .isEqualTo("network 'red': VNI 5001 already belongs to network 'blue'; choose another one");
    assertThat(dataplane.kernel.links).doesNotContainKey(new InterfaceName("brred"));
    assertThat(world.view().libvirt().keySet()).extracting(Object::toString).containsOnly("blue");
  }

  /** A port's hook does not say whether the NIC's link is up; the VM's own does, before it runs. */
  @Test
  void aVmMayHaveTheMacOfOneThatRunsIfItsLinkIsDown() {
    network("start", "blue", "5001", "br5001");
    assertThat(qemu("start", VM, MAC, "blue").goOn()).isTrue();
    assertThat(network("port-created", "blue", "5001", "br5001", networkPort(OTHER_VM, MAC)).goOn())
        .isTrue();
    assertThat(qemu("start", OTHER_VM, MAC, "blue").reason())
        .contains("MAC address " + MAC + " on VNI 5001 already belongs to VM 'vm-1'");
    assertThat(here()).containsExactly(VM);

    String standby = domain(OTHER_VM, MAC, "blue").replace("</interface>", DOWN + "</interface>");
    assertThat(hooks.handle(event(HookEvent.Driver.QEMU, "start", standby)).goOn()).isTrue();
    assertThat(here()).containsExactly(VM);
  }

  private static final String DOWN = "<link state='down'/>";

  private List<String> here() {
    return world.view().ports().stream()
        .filter(LocalPort::isHere)
        .map(each -> each.domain().toString())
        .toList();
  }

  @Test
  void onOneSwitchNetworksAreRivalsOnlyByTheirTags() {
    onSwitch("red", "5011", "11");
    assertThat(onSwitch("green", "5012", "12").reason()).contains("Open vSwitch does not run");
    assertThat(onSwitch("blue", "5013", "11").reason())
        .isEqualTo(
            "network 'blue': bridge br-shared already belongs to network 'red'; choose another"
                + " one");
  }

  private HookVerdict onSwitch(String name, String vni, String tag) {
    return hooks.handle(
        event(
            HookEvent.Driver.NETWORK,
            "start",
            "<hookData><network><name>"
                + name
                + "</name><metadata><vx:overlay xmlns:vx='urn:vxland:network:1' vni='"
                + vni
                + "' template='ovs-tun'/></metadata><forward mode='bridge'/>"
                + "<bridge name='br-shared'/><virtualport type='openvswitch'/><vlan><tag id='"
                + tag
                + "'/></vlan></network></hookData>"));
  }

  @Test
  void aVniThatIsNoneIsRefusedNamingNetworkAndValue() {
    HookVerdict verdict = network("start", "blue", "1e3", "br5001");
    assertThat(verdict.goOn()).isFalse();
    assertThat(verdict.reason()).contains("'blue'", "'1e3'", "1 to 16777215");
    assertThat(dataplane.kernel.links).isEmpty();
  }

  @Test
  void aBridgeThatSomebodyElseMadeIsRefusedAndLeftAlone() {
    dataplane.kernel.foreign("br5001", new ActualState.Kind.Bridge(false), "");
    HookVerdict verdict = network("start", "blue", "5001", "br5001");
    assertThat(verdict.goOn()).isFalse();
    assertThat(verdict.reason()).contains("br5001", "vxland did not make it", "alias");
    assertThat(dataplane.kernel.links).containsOnlyKeys(BRIDGE);
  }

  @Test
  void aNetworkThatOnlyLooksLikeOursStepsBackForSomebodyElsesBridge() {
    dataplane.kernel.foreign("br100", new ActualState.Kind.Bridge(false), "");
    String plain =
        "<hookData><network><name>office</name><forward mode='bridge'/><bridge name='br100'/>"
            + "</network></hookData>";
    assertThat(hooks.handle(event(HookEvent.Driver.NETWORK, "start", plain)).goOn()).isTrue();
    assertThat(dataplane.kernel.links).containsOnlyKeys(new InterfaceName("br100"));
    assertThat(Views.shown(world.view(), reconciler.outcome())).isEmpty();
    assertThat(reconciler.outcome().problems()).isEmpty();
    assertThat(network("start", "hundred", "100", "brhundred").goOn()).isTrue();
    assertThat(dataplane.kernel.links).containsKey(new InterfaceName("vxlan100"));
  }

  @Test
  void aNetworkWhoseBridgeIsNamedAfterAVniOfTheRangeIsOursIfNobodyElseMadeThatBridge() {
    assertThat(startWithoutMetadata("br77").goOn()).isTrue();
    assertThat(dataplane.kernel.links).containsKey(new InterfaceName("vxlan77"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"br1", "br10", "br100", "br80", "br077", "br77x"})
  void anyOtherBridgeOfTheLanIsLeftToWhoeverMakesIt(String bridge) {
    assertThat(startWithoutMetadata(bridge).goOn()).isTrue();
    assertThat(dataplane.kernel.links.keySet().toString()).doesNotContain("vxlan", bridge);
  }

  private HookVerdict startWithoutMetadata(String bridge) {
    String plain =
        "<hookData><network><name>lab</name><forward mode='bridge'/><bridge name='"
            + bridge
            + "'/></network></hookData>";
    return hooks.handle(event(HookEvent.Driver.NETWORK, "start", plain));
  }

  @Test
  void theKernelsWordsReachTheAdministratorWhoStartsTheNetwork() {
    dataplane.refuseAll = "A VXLAN device with the specified VNI already exists (EEXIST)";
    HookVerdict verdict = network("start", "blue", "5001", "br5001");
    assertThat(verdict.goOn()).isFalse();
    assertThat(verdict.reason()).contains("'blue'", dataplane.refuseAll);
  }

  @Test
  void cardsAreRememberedFromStartUntilStopped() {
    network("start", "blue", "5001", "br5001");
    assertThat(qemu("start", VM, MAC, "blue").goOn()).isTrue();
    assertThat(ports())
        .singleElement()
        .satisfies(
            port -> {
              assertThat(port.tap()).contains(new InterfaceName("vnet0"));
              assertThat(port.state()).isEqualTo(LocalPort.State.HERE);
            });
    hooks.handle(
        event(
            HookEvent.Driver.QEMU,
            "stopped",
            "<domain type='qemu'><name>vm</name><uuid>" + VM + "</uuid></domain>"));
    assertThat(ports()).isEmpty();
  }

  @Test
  void theMetadataOfAVmNameItsAddressesAndWhatIsWrongWithThemIsShownUntilItEnds() {
    network("start", "blue", "5001", "br5001");
    hooks.handle(
        event(
            HookEvent.Driver.QEMU,
            "start",
            "<domain type='qemu'><name>vm</name><uuid>"
                + VM
                + "</uuid><metadata><vx:ports xmlns:vx='urn:vxland:port:1'><vx:port mac='"
                + MAC
                + "' addresses='10.0.0.7'/><vx:port mac='"
                + MAC
                + "' addresses='10.0.0.8'/></vx:ports></metadata><devices>"
                + "<interface type='bridge'><mac address='"
                + MAC
                + "'/><source network='blue' bridge='br5001'/><target dev='vnet0'/></interface>"
                + "</devices></domain>"));
    assertThat(ports())
        .singleElement()
        .satisfies(
            port -> assertThat(port.addresses()).containsExactly(IpAddress.parse("10.0.0.7")));
    world.seen(Map.of(ports().get(0).key(), List.of(IpAddress.parse("10.0.0.9"))));
    assertThat(ports().get(0).addresses()).containsExactly(IpAddress.parse("10.0.0.7"));
    assertThat(world.view().problems())
        .singleElement()
        .asString()
        .startsWith("VM 'vm': <metadata>, <port> 2 is ignored: " + MAC + " already has a <port>");
    hooks.handle(
        event(
            HookEvent.Driver.QEMU,
            "stopped",
            "<domain type='qemu'><name>vm</name><uuid>" + VM + "</uuid></domain>"));
    assertThat(world.view().problems()).isEmpty();
  }

  @Test
  void aVmThatIsBeingMigratedHereIsIncomingUntilItIsHeardOnItsTap() {
    network("start", "blue", "5001", "br5001");
    assertThat(qemu("migrate", VM, MAC, "blue").goOn()).isTrue();
    qemu("start", VM, MAC, "blue");
    assertThat(ports()).extracting(LocalPort::state).containsOnly(LocalPort.State.INCOMING);
    moves.heard(new InterfaceName("vnet0"), ports().get(0).mac());
    assertThat(ports()).extracting(LocalPort::state).containsOnly(LocalPort.State.HERE);
  }

  @Test
  void aMacThatAnotherVmOfTheNetworkHasIsRefusedNamingThatVm() {
    network("start", "blue", "5001", "br5001");
    qemu("start", VM, MAC, "blue");
    HookVerdict verdict = qemu("start", OTHER_VM, MAC, "blue");
    assertThat(verdict.goOn()).isFalse();
    assertThat(verdict.reason()).contains(MAC, "5001", "'vm-1'");
    assertThat(ports()).hasSize(1);
    assertThat(qemu("start", VM, MAC, "blue").goOn()).isTrue();
  }

  @Test
  void aVmOnNoNetworkOfOursGoesOnAndLeavesNoTrace() {
    for (String operation : List.of("migrate", "restore", "start", "stopped", "reconnect")) {
      String xml =
          "<domain type='qemu'><name>v</name><uuid>"
              + VM
              + "</uuid><devices><interface type='network'><mac address='"
              + MAC
              + "'/><source network='default'/></interface></devices></domain>";
      assertThat(hooks.handle(event(HookEvent.Driver.QEMU, operation, xml)).goOn()).isTrue();
    }
    assertThat(ports()).isEmpty();
    assertThat(dataplane.kernel.links).isEmpty();
  }

  @Test
  void operationsOfALaterLibvirtGoOn() {
    assertThat(hooks.handle(event(HookEvent.Driver.QEMU, "attach", "")).goOn()).isTrue();
    assertThat(hooks.handle(event(HookEvent.Driver.DAEMON, "start", "")).goOn()).isTrue();
    assertThat(inventories.get()).isPositive();
  }
}
