package io.vxland.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.config.Configurations;
import io.vxland.migration.Event;
import io.vxland.model.InterfaceName;
import io.vxland.model.LocalPort;
import io.vxland.model.MacAddress;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Which VMs libvirt is asked about, because nothing tells when a link of theirs changes. */
class LinkLooksTest {
  private final World world = new World(Configurations.withPeers(Vtep.parse("10.99.0.1")));
  private final List<UUID> asked = new ArrayList<>();
  private final LinkLooks links = new LinkLooks(world::view, asked::add);

  private static UUID vm(int number) {
    return new UUID(0, number);
  }

  private static LocalPort port(int number, boolean byNetwork) {
    return new LocalPort(
        vm(number),
        "vm" + number,
        new MacAddress(0x5254_0000_0000L + number),
        new Vni(5001),
        new InterfaceName("br5001"),
        Optional.of(new InterfaceName("vnet" + number)),
        byNetwork ? Optional.of(new UUID(1, number)) : Optional.empty(),
        LocalPort.State.HERE);
  }

  private List<UUID> asks() {
    asked.clear();
    links.look();
    return List.copyOf(asked);
  }

  @Test
  void nobodyAsksWhileHooksTell() {
    world.plugged(port(1, true));
    assertThat(asks()).isEmpty();
  }

  @Test
  void aLinkThatIsDownIsLookedAtInEachPeriodUntilItIsUp() {
    world.plugged(port(1, true).linked(false));
    assertThat(asks()).containsExactly(vm(1));
    assertThat(asks()).containsExactly(vm(1));
    world.plugged(port(1, true));
    assertThat(asks()).isEmpty();
  }

  @Test
  void manyAreLookedAtInTurn() {
    for (int number = 1; number <= 2 * LinkLooks.MOST; number++) {
      world.plugged(port(number, true).linked(false));
    }
    List<UUID> both = new ArrayList<>(asks());
    assertThat(both).hasSize(LinkLooks.MOST);
    both.addAll(asks());
    assertThat(both).doesNotHaveDuplicates().hasSize(2 * LinkLooks.MOST);
    assertThat(asks()).isEqualTo(both.subList(0, LinkLooks.MOST));
  }

  @Test
  void ofThoseThatNoNetworkNamesOneAfterTheOtherIsLookedAt() {
    world.plugged(port(1, false));
    world.plugged(port(2, false));
    assertThat(asks()).containsExactly(vm(1));
    assertThat(asks()).containsExactly(vm(2));
    assertThat(asks()).containsExactly(vm(1));
  }

  @Test
  void aVmThatMigratesIsLeftAlone() {
    world.plugged(port(1, false));
    world.domain(vm(1), Event.COPYING);
    assertThat(asks()).isEmpty();
  }
}
