package io.vxland.daemon;

import io.vxland.api.HookEvent;
import io.vxland.api.HookVerdict;
import io.vxland.config.Configurations;
import io.vxland.control.fixed.FixedControlPlane;
import io.vxland.dataplane.Dataplane;
import io.vxland.model.InterfaceName;
import io.vxland.model.LocalPort;
import io.vxland.model.VniRange;
import io.vxland.model.Vtep;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * A daemon as its hooks see it: the loop over a kernel in memory, and what was asked of libvirt.
 */
abstract class HookScene {
  final HookCalls calls = new HookCalls(System::nanoTime);
  static final String VM = "11111111-aaaa-0000-0000-000000000001";
  static final String OTHER_VM = "22222222-aaaa-0000-0000-000000000002";
  static final String MAC = "52:54:00:aa:00:01";
  static final InterfaceName BRIDGE = new InterfaceName("br5001");

  final InMemoryDataplane dataplane = new InMemoryDataplane();
  final World world =
      new World(
          Configurations.withPeersAndBridgeNames(VniRange.parse("70-79"), Vtep.parse("10.99.0.2")));
  final FixedControlPlane control = new FixedControlPlane(List.of(Vtep.parse("10.99.0.2")));
  final AtomicInteger inventories = new AtomicInteger();
  final List<UUID> looked = new ArrayList<>();
  final List<Runnable> later = new ArrayList<>();
  Reconciler reconciler;
  Moves moves;
  HookHandler hooks;

  @BeforeEach
  void start() {
    reconciler =
        new Reconciler(
            dataplane,
            new Pass(
                () -> Dataplane.Home.ANY,
                world::view,
                () -> control,
                new Tally(new Journal(Clock.systemUTC(), () -> null)),
                new NoSwitches(),
                redirections -> {},
                (view, uplink) -> {},
                PlugsTest.inattentive(),
                new FormerUplinks(Path.of("none")),
                () -> Findings.NONE),
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
            new TapOwners(),
            calls);
    reconciler.start();
  }

  @AfterEach
  void stop() {
    moves.close();
    reconciler.close();
  }

  HookVerdict network(String operation, String name, String vni, String bridge) {
    return network(operation, name, vni, bridge, "");
  }

  HookVerdict network(String operation, String name, String vni, String bridge, String port) {
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

  HookVerdict qemu(String operation, String uuid, String mac, String network) {
    return hooks.handle(event(HookEvent.Driver.QEMU, operation, domain(uuid, mac, network)));
  }

  static String domain(String uuid, String mac, String network) {
    return "<domain type='qemu'><name>vm-"
        + uuid.charAt(0)
        + "</name><uuid>"
        + uuid
        + "</uuid><devices><interface type='bridge'><mac address='"
        + mac
        + "'/><source network='"
        + network
        + "' bridge='br5001'/><target dev='vnet0'/></interface></devices></domain>";
  }

  static HookEvent event(HookEvent.Driver driver, String operation, String xml) {
    return new HookEvent(driver, operation, xml.getBytes(StandardCharsets.UTF_8));
  }

  static String networkPort(String owner, String mac) {
    return networkPort(owner, mac, "d81c6f2d-c41b-47f9-bb73-d518fcae389c");
  }

  static String networkPort(String owner, String mac, String id) {
    return "<networkport><uuid>"
        + id
        + "</uuid><owner><name>vm</name>"
        + "<uuid>"
        + owner
        + "</uuid></owner><mac address='"
        + mac
        + "'/><plug type='bridge' bridge='br5001'/></networkport>";
  }

  List<LocalPort> ports() {
    return world.view().ports().stream().sorted().toList();
  }

  Set<InterfaceName> filtered() {
    return dataplane.kernel.read().filter().taps().keySet();
  }

  static final String ID = "d81c6f2d-c41b-47f9-bb73-d518fcae389c";
  static final String NEW_ID = "e92d7030-d52c-48fa-cc84-e629fdbf49ad";

  static String running(String network, String id, String tap) {
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
}
