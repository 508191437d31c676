package io.vxland.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.config.Configurations;
import io.vxland.migration.Event;
import io.vxland.migration.Stage;
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
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
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

  private static LocalPort port(int vni, String tap, Optional<UUID> id) {
    return new LocalPort(
        VM,
        "vm",
        MacAddress.parse("52:54:00:00:00:01"),
        new Vni(vni),
        new InterfaceName("br" + vni),
        tap.isEmpty() ? Optional.empty() : Optional.of(new InterfaceName(tap)),
        id,
        LocalPort.State.HERE);
  }

  private World.Sight look(LocalPort... found) {
    return world.look(
        VM,
        System.nanoTime(),
        Stream.of(found).map(port -> new World.Found(port, Event.RUNNING)).toList());
  }

  private static final UUID OLD_PORT = new UUID(1, 1);
  private static final UUID NEW_PORT = new UUID(1, 2);

  @Test
  void whatLibvirtSaysOfOneVmCountsForThatOneAlone() {
    LocalPort other =
        new LocalPort(
            new UUID(0, 2),
            "other",
            MacAddress.parse("52:54:00:00:00:02"),
            new Vni(1),
            new InterfaceName("br1"),
            Optional.of(new InterfaceName("vnet1")),
            Optional.empty(),
            LocalPort.State.HERE);
    world.plugged(other);
    world.plugged(port());
    World.Sight sight = look(port(2, "vnet0", Optional.empty()));
    assertThat(sight.changed()).isTrue();
    assertThat(sight.settled()).isTrue();
    assertThat(world.view().ports())
        .extracting(port -> port.domainName() + " " + port.vni())
        .containsExactlyInAnyOrder("other 1", "vm 2");
    assertThat(look().changed()).isTrue();
    assertThat(world.view().ports()).extracting(LocalPort::domainName).containsExactly("other");
  }

  @Test
  void aLookThatTellsNothingNewChangesNothing() {
    world.plugged(port());
    long version = world.version();
    assertThat(look(port()).changed()).isFalse();
    assertThat(world.version()).isEqualTo(version);
  }

  @Test
  void aLookIsOlderThanWhatAnEventToldSinceItBegan() {
    long began = System.nanoTime();
    world.plugged(port());
    World.Sight sight = world.look(VM, began, List.of());
    assertThat(sight.settled()).isFalse();
    assertThat(world.view().ports()).hasSize(1);
    assertThat(world.isLookedAt(VM, began)).isFalse();
  }

  /** libvirt writes the new port into its document last, and then deletes the old one. */
  @Test
  void aPortThatIsAnnouncedIsWaitedForUntilTheDocumentHasIt() {
    world.plugged(port(1, "vnet0", Optional.of(OLD_PORT)));
    world.announced(port(2, "", Optional.of(NEW_PORT)));
    World.Sight tooEarly = look(port(1, "vnet0", Optional.of(OLD_PORT)));
    assertThat(tooEarly.settled()).isFalse();
    assertThat(world.view().ports()).hasSize(2);
    World.Sight done = look(port(2, "vnet0", Optional.of(NEW_PORT)));
    assertThat(done.settled()).isTrue();
    assertThat(world.view().ports())
        .singleElement()
        .matches(port -> port.vni().value() == 2 && port.tap().isPresent());
    world.unplugged(port(1, "", Optional.empty()).key(), OLD_PORT);
    assertThat(world.view().ports()).hasSize(1);
  }

  @Test
  void aNicThatIsAnnouncedStaysThroughALookThatDoesNotHaveItYet() {
    world.plugged(port(1, "vnet0", Optional.of(OLD_PORT)));
    world.announced(port(2, "", Optional.of(NEW_PORT)));
    world.inventory(System.nanoTime(), List.of(), List.of(), List.of());
    assertThat(world.view().ports()).extracting(port -> port.vni().value()).containsExactly(2);
  }

  /** What libvirt has written down may be behind its events. */
  @ParameterizedTest
  @EnumSource(
      value = Event.class,
      names = {"RUNNING", "HELD", "FOUND_PAUSED", "PLUGGED"})
  void aLookDisturbsNoMigration(Event said) {
    for (List<Event> before :
        List.of(
            List.of(Event.PLUGGED, Event.COPYING),
            List.of(Event.PLUGGED, Event.COPYING, Event.PAUSED),
            List.of(Event.EXPECTED, Event.PLUGGED))) {
      World other = new World(Configurations.withPeers());
      for (Event event : before) {
        switch (event) {
          case PLUGGED -> other.plugged(port());
          case EXPECTED -> other.expected(port());
          default -> other.domain(VM, event);
        }
      }
      List<Stage> stages = other.cards().stream().map(Cards.Card::stage).toList();
      World.Sight sight = other.look(VM, System.nanoTime(), List.of(new World.Found(port(), said)));
      assertThat(sight.transitions()).noneMatch(Cards.Transition::isChange);
      assertThat(sight.transitions()).allMatch(step -> step.step().effects().isEmpty());
      assertThat(other.cards().stream().map(Cards.Card::stage).toList()).isEqualTo(stages);
    }
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
            Optional.of(random.nextBoolean() ? OLD_PORT : NEW_PORT),
            LocalPort.State.HERE);
    Event event = List.of(Event.values()).get(random.nextInt(Event.values().length));
    World.LibvirtNetwork network = network("net" + number, 1 + random.nextInt(3));
    return switch (random.nextInt(10)) {
      case 0 -> world -> world.network(network);
      case 1 -> world -> world.plugged(port);
      case 2 -> world -> world.announced(port);
      case 3 -> world -> world.expected(port);
      case 4 -> world -> world.unplugged(port.key(), NEW_PORT);
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
