package io.vxland.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.vxland.api.HookEvent;
import io.vxland.api.HookVerdict;
import io.vxland.config.Configurations;
import io.vxland.control.fixed.FixedControlPlane;
import io.vxland.model.InterfaceName;
import io.vxland.model.IpAddress;
import io.vxland.model.LocalPort;
import io.vxland.model.Vtep;
import io.vxland.plan.ActualState;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HookHandlerTest {
  private static final String VM = "11111111-aaaa-0000-0000-000000000001";
  private static final String OTHER_VM = "22222222-aaaa-0000-0000-000000000002";
  private static final String MAC = "52:54:00:aa:00:01";
  private static final InterfaceName BRIDGE = new InterfaceName("br5001");

  private final InMemoryDataplane dataplane = new InMemoryDataplane();
  private final World world = new World(Configurations.withPeers(Vtep.parse("10.99.0.2")));
  private final FixedControlPlane control = new FixedControlPlane(List.of(Vtep.parse("10.99.0.2")));
  private final AtomicInteger inventories = new AtomicInteger();
  private final List<UUID> looked = new ArrayList<>();
  private final List<Runnable> later = new ArrayList<>();
  private Reconciler reconciler;
  private Moves moves;
  private HookHandler hooks;

  @BeforeEach
  void start() {
    reconciler =
        new Reconciler(
            dataplane,
            new Pass(
                world::view,
                () -> control,
                new Tally(new Journal(Clock.systemUTC(), () -> null)),
                new NoSwitches(),
                redirections -> {},
                (view, uplink) -> {},
                PlugsTest.inattentive()),
            outcome -> {},
            outcome -> {});
    moves =
        new Moves(
            world,
            new RecordingCutover(),
            card -> {},
            new Journal(Clock.systemUTC(), () -> null),
            () -> {},
            reconciler::wake,
            new Moves.Questions() {
              @Override
              public void inventory() {
                inventories.incrementAndGet();
              }

              @Override
              public void copyState(UUID domain) {}
            });
    hooks =
        new HookHandler(
            world,
            moves,
            reconciler,
            inventories::incrementAndGet,
            new Looks(looked::add, world::isAwaited, pause -> later::add),
            new TapOwners());
    reconciler.start();
  }

  @AfterEach
  void stop() {
    moves.close();
    reconciler.close();
  }

  private HookVerdict network(String operation, String name, String vni, String bridge) {
    return network(operation, name, vni, bridge, "");
  }

  private HookVerdict network(
      String operation, String name, String vni, String bridge, String port) {
    return hooks.handle(
        event(
            HookEvent.Driver.NETWORK,
            operation,
            "<hookData><network><name>"
                + name
                + "</name><metadata><vx:overlay xmlns:vx='urn:vxland:network:1' vni='"
                + vni
                + "'/></metadata><forward mode='bridge'/><bridge name='"
                + bridge
                + "'/></network>"
                + port
                + "</hookData>"));
  }

  private HookVerdict qemu(String operation, String uuid, String mac, String network) {
    return hooks.handle(
        event(
            HookEvent.Driver.QEMU,
            operation,
            "<domain type='qemu'><name>vm-"
                + uuid.charAt(0)
                + "</name><uuid>"
                + uuid
                + "</uuid><devices><interface type='bridge'><mac address='"
                + mac
                + "'/><source network='"
                + network
                + "' bridge='br5001'/><target dev='vnet0'/></interface></devices></domain>"));
  }

  private static HookEvent event(HookEvent.Driver driver, String operation, String xml) {
    return new HookEvent(driver, operation, xml.getBytes(StandardCharsets.UTF_8));
  }

  private static String networkPort(String owner, String mac) {
    return networkPort(owner, mac, "d81c6f2d-c41b-47f9-bb73-d518fcae389c");
  }

  private static String networkPort(String owner, String mac, String id) {
    return "<networkport><uuid>"
        + id
        + "</uuid><owner><name>vm</name>"
        + "<uuid>"
        + owner
        + "</uuid></owner><mac address='"
        + mac
        + "'/><plug type='bridge' bridge='br5001'/></networkport>";
  }

  private List<LocalPort> ports() {
    return world.view().ports().stream().sorted().toList();
  }

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
  void aNetworkWhoseBridgeIsNamedAfterAVniIsOursIfNobodyElseMadeThatBridge() {
    String plain =
        "<hookData><network><name>lab</name><forward mode='bridge'/><bridge name='br77'/>"
            + "</network></hookData>";
    assertThat(hooks.handle(event(HookEvent.Driver.NETWORK, "start", plain)).goOn()).isTrue();
    assertThat(dataplane.kernel.links).containsKey(new InterfaceName("vxlan77"));
  }

  @Test
  void theKernelsWordsReachTheAdministratorWhoStartsTheNetwork() {
    dataplane.refuseAll = "A VXLAN device with the specified VNI already exists (EEXIST)";
    HookVerdict verdict = network("start", "blue", "5001", "br5001");
    assertThat(verdict.goOn()).isFalse();
    assertThat(verdict.reason()).contains("'blue'", dataplane.refuseAll);
  }

  @Test
  void withoutAnUplinkANetworkIsRefusedButAVmOnAStandingBridgeStarts() throws Exception {
    network("start", "blue", "5001", "br5001");
    dataplane.underlay = Optional.empty();
    reconciler.passNow(java.time.Duration.ofSeconds(5));
    assertThat(qemu("start", VM, MAC, "blue").goOn()).isTrue();
    HookVerdict verdict = network("start", "green", "5002", "br5002");
    assertThat(verdict.goOn()).isFalse();
    assertThat(verdict.reason()).contains("10.99.0.1");
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
  void aCardThatIsPluggedIntoARunningVmIsKnownAtOnceAndItsTapIsAskedForIfNobodyTellsIt() {
    network("start", "blue", "5001", "br5001");
    network("port-created", "blue", "5001", "br5001", networkPort(VM, MAC));
    assertThat(ports()).singleElement().matches(port -> port.tap().isEmpty());
    assertThat(looked).isEmpty();
    later.forEach(Runnable::run);
    assertThat(looked).containsExactly(UUID.fromString(VM));
    network("port-deleted", "blue", "5001", "br5001", networkPort(VM, MAC));
    assertThat(ports()).isEmpty();
  }

  @Test
  void aVmThatHasToldItsTapsWhenItStartedIsNotAskedAbout() {
    network("start", "blue", "5001", "br5001");
    network("port-created", "blue", "5001", "br5001", networkPort(VM, MAC));
    hooks.handle(event(HookEvent.Driver.QEMU, "start", running("blue", ID, "vnet0")));
    later.forEach(Runnable::run);
    assertThat(looked).isEmpty();
  }

  /** Of its metadata, or by its network: libvirt has made the tap, and QEMU is not there yet. */
  @Test
  void aTapThatMaySendOnlyWhatIsItsOwnIsFilteredWhenTheHookReturns() {
    network("start", "blue", "5001", "br5001");
    String strict =
        "<metadata><vx:ports xmlns:vx='urn:vxland:port:1'><vx:port mac='"
            + MAC
            + "' port-security='strict'/></vx:ports></metadata><devices>";
    String vm = running("blue", ID, "vnet0").replace("<devices>", strict);
    assertThat(hooks.handle(event(HookEvent.Driver.QEMU, "start", vm)).goOn()).isTrue();
    assertThat(filtered()).containsExactly(new InterfaceName("vnet0"));
  }

  @Test
  void anyOtherTapIsFilteredWithoutTheHooksWaitingForIt() {
    network("start", "blue", "5001", "br5001");
    hooks.handle(event(HookEvent.Driver.QEMU, "start", running("blue", ID, "vnet0")));
    await().untilAsserted(() -> assertThat(filtered()).containsExactly(new InterfaceName("vnet0")));
  }

  private Set<InterfaceName> filtered() {
    return dataplane.kernel.read().filter().taps().keySet();
  }

  private static final String ID = "d81c6f2d-c41b-47f9-bb73-d518fcae389c";
  private static final String NEW_ID = "e92d7030-d52c-48fa-cc84-e629fdbf49ad";

  private static String running(String network, String id, String tap) {
    return "<domain type='qemu'><name>vm</name><uuid>"
        + VM
        + "</uuid><devices><interface type='bridge'><mac address='"
        + MAC
        + "'/><source network='"
        + network
        + "' portid='"
        + id
        + "' bridge='br5001'/><target dev='"
        + tap
        + "'/></interface></devices></domain>";
  }

  private void startVm() {
    network("start", "blue", "5001", "br5001");
    network("start", "red", "6001", "br6001");
    network("port-created", "blue", "5001", "br5001", networkPort(VM, MAC, ID));
    hooks.handle(event(HookEvent.Driver.QEMU, "start", running("blue", ID, "vnet0")));
  }

  private void created(String network, String vni, String id) {
    network("port-created", network, vni, "br" + vni, networkPort(VM, MAC, id));
  }

  private void deleted(String network, String vni, String id) {
    network("port-deleted", network, vni, "br" + vni, networkPort(VM, MAC, id));
  }

  /** A port that takes the place of another, in whichever order libvirt tells of the two. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aNicWhosePortIsReplacedInItsNetworkStaysAndIsLookedAt(boolean createdFirst) {
    startVm();
    if (createdFirst) {
      created("blue", "5001", NEW_ID);
      deleted("blue", "5001", ID);
    } else {
      deleted("blue", "5001", ID);
      created("blue", "5001", NEW_ID);
    }
    assertThat(ports())
        .singleElement()
        .matches(port -> port.tap().equals(Optional.of(new InterfaceName("vnet0"))));
    assertThat(looked).containsExactly(UUID.fromString(VM));
    deleted("blue", "5001", ID);
    assertThat(ports()).hasSize(1);
  }

  /** virsh domif-setlink of libvirt 9.0 leaves the NIC on its bridge, and no port. */
  @Test
  void aNicWhosePortIsDeletedIsNotWithdrawnBeforeLibvirtSaysThatItIsGone() {
    startVm();
    deleted("blue", "5001", ID);
    assertThat(ports()).singleElement().matches(port -> port.portId().isEmpty());
    assertThat(looked).containsExactly(UUID.fromString(VM));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aNicThatMovesToAnotherNetworkIsAnnouncedThereWhateverComesFirst(boolean createdFirst) {
    startVm();
    if (createdFirst) {
      created("red", "6001", NEW_ID);
      deleted("blue", "5001", ID);
    } else {
      deleted("blue", "5001", ID);
      created("red", "6001", NEW_ID);
    }
    assertThat(ports()).extracting(port -> port.vni().value()).containsExactly(5001, 6001);
    // The move has failed, or libvirt has taken it back.
    deleted("red", "6001", NEW_ID);
    assertThat(ports()).extracting(port -> port.vni().value()).containsExactly(5001);
    assertThat(ports()).allMatch(port -> port.tap().isPresent());
  }

  @Test
  void operationsOfALaterLibvirtGoOn() {
    assertThat(hooks.handle(event(HookEvent.Driver.QEMU, "attach", "")).goOn()).isTrue();
    assertThat(hooks.handle(event(HookEvent.Driver.DAEMON, "start", "")).goOn()).isTrue();
    assertThat(inventories.get()).isPositive();
  }

  @Test
  void aHookIsBoundedAsAWholeHoweverManyNicsItsVmHas() throws Exception {
    StringBuilder nics = new StringBuilder();
    for (int i = 1; i <= 12; i++) {
      network("start", "net" + i, "600" + i, "br600" + i);
      nics.append("<interface type='bridge'><mac address='52:54:00:aa:01:%02d'/>".formatted(i))
          .append("<source network='net%d' bridge='br600%d'/></interface>".formatted(i, i));
    }
    String vm =
        "<domain type='qemu'><name>wide</name><uuid>%s</uuid><devices>%s</devices></domain>"
            .formatted(VM, nics);
    CountDownLatch busy = new CountDownLatch(1);
    dataplane.busy = busy;
    world.configure(world.configuration());
    try {
      // Twelve bounds would be 18 s.
      HookVerdict verdict =
          assertTimeoutPreemptively(
              Duration.ofSeconds(6), () -> hooks.handle(event(HookEvent.Driver.QEMU, "start", vm)));
      assertThat(verdict.goOn()).as("a VM starts on networks that stand").isTrue();
    } finally {
      dataplane.busy = null;
      busy.countDown();
    }
    await().atMost(Duration.ofSeconds(10)).until(() -> ports().size() == 12);
  }

  @Test
  void onePassTellsOfAllNetworksOfAVm() throws Exception {
    network("start", "blue", "5001", "br5001");
    network("start", "red", "5002", "br5002");
    dataplane.underlay = Optional.empty();
    reconciler.passNow(Duration.ofSeconds(5));
    dataplane.reads.set(0);
    String vm =
        "<domain type='qemu'><name>two</name><uuid>%s</uuid><devices>%s</devices></domain>"
            .formatted(
                VM,
                "<interface type='bridge'><mac address='52:54:00:aa:01:01'/>"
                    + "<source network='blue' bridge='br5001'/></interface>"
                    + "<interface type='bridge'><mac address='52:54:00:aa:01:02'/>"
                    + "<source network='red' bridge='br5002'/></interface>");
    hooks.handle(event(HookEvent.Driver.QEMU, "restore", vm));
    assertThat(dataplane.reads).hasValue(1);
  }
}
