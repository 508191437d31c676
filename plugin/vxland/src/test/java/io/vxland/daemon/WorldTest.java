package io.vxland.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.config.Configurations;
import io.vxland.migration.Event;
import io.vxland.migration.Step.Effect;
import io.vxland.model.Flooding;
import io.vxland.model.InterfaceName;
import io.vxland.model.LocalPort;
import io.vxland.model.MacAddress;
import io.vxland.model.Network;
import io.vxland.model.NetworkName;
import io.vxland.model.OverlayOptions;
import io.vxland.model.Template;
import io.vxland.model.Vni;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

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
}
