package io.vxland.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.model.Handover;
import io.vxland.model.InterfaceName;
import io.vxland.model.Knowledge;
import io.vxland.model.LocalPort;
import io.vxland.model.Location;
import io.vxland.model.MacAddress;
import io.vxland.model.Network;
import io.vxland.model.Vni;
import io.vxland.plan.ActualState.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What must hold for every world; each run shows its seed as the argument. */
class PlannerInvariantsTest {

  static LongStream seeds() {
    return LongStream.range(0, 400);
  }

  private static Plan plan(Inputs inputs, FakeKernel kernel) {
    return Planner.plan(Desire.of(inputs), kernel.read(), true);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void afterApplyingAPlanNothingIsLeftToDo(long seed) {
    FakeKernel kernel = new FakeKernel();
    Inputs inputs = Worlds.arbitrary(seed);
    kernel.apply(plan(inputs, kernel));
    assertThat(plan(inputs, kernel).changes()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void fromAnyWorldToAnyOtherInOnePlan(long seed) {
    FakeKernel kernel = new FakeKernel();
    Inputs before = Worlds.arbitrary(seed);
    Inputs after = Worlds.arbitrary(seed + 10_000);
    kernel.apply(plan(before, kernel));
    kernel.apply(plan(after, kernel));
    assertThat(plan(after, kernel).changes()).isEmpty();

    FakeKernel fresh = new FakeKernel();
    fresh.apply(plan(after, fresh));
    assertThat(kernel.links.keySet()).isEqualTo(fresh.links.keySet());
    assertThat(kernel.replicationLists()).isEqualTo(fresh.replicationLists());
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void theOrderOfInputsDoesNotMatter(long seed) {
    Inputs inputs = Worlds.arbitrary(seed);
    FakeKernel kernel = new FakeKernel();
    assertThat(plan(shuffled(inputs, seed), kernel)).isEqualTo(plan(inputs, kernel));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void nothingThatIsNotOursIsTouched(long seed) {
    FakeKernel kernel = new FakeKernel();
    kernel.foreign("eth0", new Kind.Other(), "");
    kernel.foreign("br1", new Kind.Bridge(false), "");
    kernel.foreign("vnet0", new Kind.Other(), "br1");
    kernel.foreign("vxlan2", new Kind.Other(), "");
    Set<InterfaceName> foreign = new HashSet<>(kernel.links.keySet());
    for (Change change : plan(Worlds.arbitrary(seed), kernel).changes()) {
      assertThat(foreign).doesNotContain(change.device());
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void nothingIsTakenAwayBeforeBothSnapshotsAreComplete(long seed) {
    FakeKernel kernel = new FakeKernel();
    kernel.apply(plan(Worlds.arbitrary(seed), kernel));
    Inputs later = Worlds.arbitrary(seed + 20_000);
    Knowledge incomplete =
        new Knowledge(false, later.knowledge().replication(), later.knowledge().locations());
    Inputs early =
        new Inputs(
            later.vtep(),
            later.underlay(),
            later.networks(),
            later.ports(),
            incomplete,
            later.handovers());
    List<Change> changes = new ArrayList<>();
    changes.addAll(Planner.plan(Desire.of(later), kernel.read(), false).changes());
    changes.addAll(Planner.plan(Desire.of(early), kernel.read(), true).changes());
    assertThat(changes)
        .noneMatch(
            change ->
                change instanceof Change.DeleteLink
                    || change instanceof Change.RemoveReplica
                    || change instanceof Change.RemoveMac
                    || change instanceof Change.RemoveNeighbour
                    || change instanceof Change.RemoveAddress);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aMacThatStaysInTheNetworkHasAPlaceAtEveryStepOfAPlan(long seed) {
    FakeKernel kernel = new FakeKernel();
    Inputs before = Worlds.arbitrary(seed);
    kernel.apply(plan(before, kernel));
    Inputs after = moved(before, seed);
    Plan plan = plan(after, kernel);
    Map<Vni, Segment> segments = Desire.of(after).segments();
    Map<Vni, Segment> earlier = Desire.of(before).segments();
    for (Change change : plan.changes()) {
      kernel.apply(change);
      segments.forEach(
          (vni, segment) ->
              segment.unicast().keySet().stream()
                  .filter(mac -> earlier.get(vni).unicast().containsKey(mac))
                  .forEach(
                      mac ->
                          assertThat(kernel.unicast.get(segment.vxlan().name()))
                              .as("%s after %s", mac, change)
                              .containsKey(mac)));
    }
  }

  /** The same networks; machines and peers as in another world. */
  private static Inputs moved(Inputs inputs, long seed) {
    Knowledge other = Worlds.arbitrary(seed + 30_000).knowledge();
    Knowledge knowledge = new Knowledge(true, inputs.knowledge().replication(), other.locations());
    return new Inputs(
        inputs.vtep(),
        inputs.underlay(),
        inputs.networks(),
        inputs.ports(),
        knowledge,
        inputs.handovers());
  }

  private static Inputs shuffled(Inputs inputs, long seed) {
    Random random = new Random(seed);
    List<Network> networks = new ArrayList<>(inputs.networks());
    Collections.shuffle(networks, random);
    List<LocalPort> ports = new ArrayList<>(inputs.ports());
    Collections.shuffle(ports, random);
    List<Handover> handovers = new ArrayList<>(inputs.handovers());
    Collections.shuffle(handovers, random);
    Map<Vni, List<Location>> locations = new HashMap<>();
    inputs
        .knowledge()
        .locations()
        .forEach(
            (vni, list) -> {
              List<Location> copy = new ArrayList<>(list);
              Collections.shuffle(copy, random);
              locations.put(vni, copy);
            });
    return new Inputs(
        inputs.vtep(),
        inputs.underlay(),
        new LinkedHashSet<>(networks),
        new LinkedHashSet<>(ports),
        new Knowledge(true, inputs.knowledge().replication(), locations),
        new LinkedHashSet<>(handovers));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aVmThatRunsHereIsNeverSaidToBeElsewhere(long seed) {
    Inputs inputs = Worlds.arbitrary(seed);
    Map<Vni, Segment> segments = Desire.of(inputs).segments();
    for (LocalPort port : inputs.ports()) {
      boolean here = port.state() == LocalPort.State.HERE;
      Set<MacAddress> placed =
          Optional.ofNullable(segments.get(port.vni()))
              .map(segment -> segment.unicast().keySet())
              .orElse(Set.of());
      assertThat(here && placed.contains(port.mac())).isFalse();
    }
  }
}
