package io.vxland.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.config.Configurations;
import io.vxland.dataplane.Cutover.Sighting;
import io.vxland.migration.Event;
import io.vxland.model.InterfaceName;
import io.vxland.model.LocalPort;
import io.vxland.model.MacAddress;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A card that was sent elsewhere is looked for until it is heard, where nobody tells of it. */
class LookoutTest {
  private static final UUID VM = new UUID(0, 1);
  private static final MacAddress MAC = MacAddress.parse("52:54:00:00:00:01");
  private static final Vtep THERE = Vtep.parse("10.99.0.2");
  private static final LocalPort CARD =
      new LocalPort(
          VM,
          "vm",
          MAC,
          new Vni(5001),
          new InterfaceName("br-extun"),
          Optional.of(new InterfaceName("vnet0")),
          Optional.empty(),
          LocalPort.State.HERE);

  private final World world = new World(Configurations.withPeers(THERE));
  private final RecordingCutover cutover = new RecordingCutover();
  private final Deque<Runnable> due = new ArrayDeque<>();
  private final List<Sighting> found = new ArrayList<>();
  private final Lookout lookout =
      new Lookout(
          world, cutover, (after, task) -> due.add(task), (card, sighting) -> found.add(sighting));

  private void leaveASwitch() {
    cutover.silent = true;
    world.plugged(CARD);
    world.domain(VM, Event.COPYING);
    world.domain(VM, Event.PAUSED);
  }

  @Test
  void itIsFoundWhenItIsHeardAndNotLookedForAnyMore() {
    leaveASwitch();
    lookout.seek(CARD);
    due.remove().run();
    assertThat(found).isEmpty();
    Sighting sighting = new Sighting(THERE, 42);
    cutover.sightings.put(MAC, sighting);
    due.remove().run();
    assertThat(found).containsExactly(sighting);
    assertThat(due).isEmpty();
  }

  @Test
  void oneCardIsLookedForOnce() {
    leaveASwitch();
    lookout.seek(CARD);
    lookout.seek(CARD);
    assertThat(due).hasSize(1);
  }

  @Test
  void oneThatCameBackIsNotLookedForAnyMoreButTheNextTimeItLeaves() {
    leaveASwitch();
    lookout.seek(CARD);
    world.domain(VM, Event.RUNNING);
    due.remove().run();
    assertThat(due).isEmpty();
    world.domain(VM, Event.COPYING);
    world.domain(VM, Event.PAUSED);
    lookout.seek(CARD);
    assertThat(due).hasSize(1);
  }

  @Test
  void whereTheKernelTellsNobodyAsks() {
    leaveASwitch();
    cutover.silent = false;
    lookout.seek(CARD);
    assertThat(due).isEmpty();
  }
}
