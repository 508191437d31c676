package io.vxland.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.config.Configurations;
import io.vxland.migration.Event;
import io.vxland.migration.Step.Effect;
import io.vxland.model.Flooding;
import io.vxland.model.InterfaceName;
import io.vxland.model.IpAddress;
import io.vxland.model.LocalPort;
import io.vxland.model.MacAddress;
import io.vxland.model.Network;
import io.vxland.model.NetworkName;
import io.vxland.model.OverlayOptions;
import io.vxland.model.Template;
import io.vxland.model.Vni;
import io.vxland.plan.Problem;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorldTest {
  private static final UUID VM = new UUID(0, 1);

  private final World world = new World(Configurations.withPeers());

  private static World.LibvirtNetwork network(String name, int vni) {
    return new World.LibvirtNetwork(
        new Network(
            new NetworkName(name),
            new Vni(vni),
            Optional.of(Network.defaultBridge(new Vni(vni))),
            Template.BRIDGE,
            Network.Origin.LIBVIRT,
            OverlayOptions.DEFAULTS),
        true,
        true);
  }

  private static LocalPort port() {
    return new LocalPort(
        VM,
        "vm",
        MacAddress.parse("52:54:00:00:00:01"),
        new Vni(1),
        new InterfaceName("br1"),
        Optional.of(new InterfaceName("vnet0")),
        Optional.empty(),
        LocalPort.State.HERE);
  }

  private List<String> names() {
    return world.view().libvirt().keySet().stream().map(Object::toString).sorted().toList();
  }

  @Test
  void whatAnInventoryDoesNotNameIsGone() {
    world.network(network("blue", 1));
    world.plugged(port());
    world.inventory(System.nanoTime(), List.of(network("red", 2)), List.of(), List.of());
    assertThat(names()).containsExactly("red");
    assertThat(world.view().ports()).isEmpty();
    assertThat(world.view().inventoryComplete()).isTrue();
  }

  @Test
  void whatLibvirtSaysOfFloodingCountsUnlessItSaysNothing() {
    World.LibvirtNetwork blue = network("blue", 1);
    Network quiet = blue.network().with(OverlayOptions.DEFAULTS.with(Flooding.BROADCASTS));
    world.network(blue);
    assertThat(world.view().networks())
        .extracting(network -> network.options().flood())
        .containsExactly(Flooding.ALL);
    world.network(new World.LibvirtNetwork(quiet, true, true));
    assertThat(world.view().networks())
        .extracting(network -> network.options().flood())
        .containsExactly(Flooding.BROADCASTS);
  }

  @Test
  void anInventorySaysNothingAboutWhatEventsToldSinceItBegan() {
    long began = System.nanoTime();
    world.network(network("blue", 1));
    world.plugged(port());
    world.inventory(began, List.of(), List.of(), List.of());
    assertThat(names()).containsExactly("blue");
    assertThat(world.view().ports()).hasSize(1);
  }

  @Test
  void aVmThatStoppedDuringAnInventoryDoesNotComeBackByIt() {
    world.plugged(port());
    long began = System.nanoTime();
    world.domain(VM, Event.GONE);
    world.inventory(began, List.of(), List.of(new World.Found(port(), Event.RUNNING)), List.of());
    assertThat(world.view().ports()).isEmpty();
  }

  @Test
  void whichEndOfAMigrationThisIsEventsHaveTold() {
    world.plugged(port());
    world.domain(VM, Event.PAUSED);
    world.inventory(
        System.nanoTime(),
        List.of(),
        List.of(new World.Found(port(), Event.FOUND_PAUSED)),
        List.of());
    assertThat(world.view().ports())
        .extracting(LocalPort::state)
        .containsOnly(LocalPort.State.LEAVING);
  }

  @Test
  void aVmThatWasPausedUnseenIsFoundToBeLeaving() {
    world.plugged(port());
    List<Cards.Transition> found =
        world.inventory(
            System.nanoTime() + 1,
            List.of(),
            List.of(new World.Found(port(), Event.FOUND_PAUSED)),
            List.of());
    assertThat(found)
        .flatExtracting(transition -> transition.step().effects())
        .containsExactly(Effect.REDIRECT);
  }

  @Test
  void onlyAnIncomingCardArrivesAndOnlyOnItsOwnTap() {
    world.expected(port());
    world.plugged(port());
    MacAddress mac = MacAddress.parse("52:54:00:00:00:01");
    assertThat(world.heard(new InterfaceName("vnet9"), mac)).isEmpty();
    assertThat(world.heard(new InterfaceName("vnet0"), mac))
        .singleElement()
        .matches(Cards.Transition::isChange);
    // From here on nobody looks for it.
    assertThat(world.heard(new InterfaceName("vnet0"), mac)).isEmpty();
  }

  @Test
  void theVersionRisesWithEveryChangeAndOnlyThen() {
    long start = world.version();
    world.network(network("blue", 1));
    long changed = world.version();
    assertThat(changed).isGreaterThan(start);
    world.network(network("blue", 1));
    assertThat(world.version()).isEqualTo(changed);
  }

  @Test
  void aViewIsMadeOnceForEachVersion() {
    world.network(network("blue", 1));
    World.View view = world.view();
    assertThat(world.view()).isSameAs(view);
    world.plugged(port());
    assertThat(world.view()).isNotSameAs(view).extracting(now -> now.ports().size()).isEqualTo(1);
    assertThat(world.view().networks())
        .as("as VMs change nothing of them")
        .isSameAs(view.networks());
  }

  /** Two worlds are told the same; one is looked at after each step, the other in the end only. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void aViewIsNeverOlderThanWhatWasTold(long seed) {
    Random random = new Random(seed);
    World other = new World(world.configuration());
    for (int i = 0; i < 300; i++) {
      Consumer<World> step = step(random);
      step.accept(world);
      step.accept(other);
      World.View looked = world.view();
      if (i % 7 == 0) {
        assertThat(looked).as("step %s", i).isEqualTo(other.view());
      }
    }
    assertThat(world.view()).isEqualTo(other.view());
  }

  private static Consumer<World> step(Random random) {
    int number = random.nextInt(3);
    UUID vm = new UUID(0, number);
    LocalPort port =
        new LocalPort(
            vm,
            "vm" + number,
            MacAddress.parse("52:54:00:00:00:0" + number),
            new Vni(1 + random.nextInt(2)),
            new InterfaceName("br1"),
            random.nextBoolean()
                ? Optional.of(new InterfaceName("vnet" + random.nextInt(3)))
                : Optional.empty(),
            Optional.empty(),
            LocalPort.State.HERE);
    Event event = List.of(Event.values()).get(random.nextInt(Event.values().length));
    World.LibvirtNetwork network = network("net" + number, 1 + random.nextInt(3));
    return switch (random.nextInt(10)) {
      case 0 -> world -> world.network(network);
      case 1 -> world -> world.plugged(port);
      case 2 -> world -> world.announced(port);
      case 3 -> world -> world.expected(port);
      case 4 -> world -> world.unplugged(port.key());
      case 5 -> world -> world.domain(vm, event);
      case 6 -> world -> world.elsewhere(port.key());
      case 7 ->
          world ->
              world.inventory(
                  System.nanoTime(),
                  List.of(network),
                  List.of(new World.Found(port, Event.RUNNING)),
                  List.of());
      case 8 -> world -> world.remarks(vm, List.of(new Problem("VM 'vm" + number + "'", "is odd")));
      default ->
          world -> world.seen(Map.of(port.key(), List.of(IpAddress.parse("10.1.0." + number))));
    };
  }
}
