package io.vxland.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.model.Handover;
import io.vxland.model.InterfaceName;
import io.vxland.model.Knowledge;
import io.vxland.model.MacAddress;
import io.vxland.model.Prefix;
import io.vxland.plan.ActualState.Kind;
import io.vxland.plan.ActualState.Link;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What must hold for every world with VMs on their way. {@link FakeKernel} fails whatever would let
 * a frame out of a migration tunnel into a bridge.
 */
class HandoverInvariantsTest {
  static LongStream seeds() {
    return LongStream.range(0, 400);
  }

  private static Plan plan(Inputs inputs, FakeKernel kernel) {
    return Planner.plan(Desire.of(inputs), kernel.read(), true);
  }

  private static void stand(Inputs inputs, FakeKernel kernel) {
    kernel.apply(plan(inputs, kernel));
    assertThat(plan(inputs, kernel).changes()).isEmpty();
  }

  /** Taps of VMs, plugged into bridges of the world. */
  private static void plug(FakeKernel kernel, Inputs inputs, long seed) {
    Random random = new Random(seed);
    List<InterfaceName> bridges =
        Desire.of(inputs).segments().values().stream()
            .flatMap(segment -> segment.bridge().map(BridgeSpec::name).stream())
            .filter(kernel.links::containsKey)
            .toList();
    for (int i = 0; i < 4 && !bridges.isEmpty(); i++) {
      InterfaceName tap = new InterfaceName("vnet" + i);
      kernel.foreign(
          tap.value(), new Kind.Other(), bridges.get(random.nextInt(bridges.size())).value());
      kernel.linkLocals.put(tap, new HashSet<>(Set.of(Prefix.parse("fe80::" + (i + 1) + "/64"))));
      if (random.nextInt(3) == 0) {
        kernel.hear(tap.value(), new MacAddress(0x5254_0000_0000L + random.nextInt(6)));
      }
    }
  }

  private static FakeKernel standing(Inputs inputs, long seed) {
    FakeKernel kernel = new FakeKernel();
    stand(inputs, kernel);
    plug(kernel, inputs, seed);
    stand(inputs, kernel);
    return kernel;
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void afterOnePlanNothingIsLeftToDo(long seed) {
    standing(Worlds.arbitraryWithHandovers(seed), seed);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void fromAnyWorldToAnyOtherAndWithoutATraceToOneWithoutHandovers(long seed) {
    Inputs before = Worlds.arbitraryWithHandovers(seed);
    FakeKernel kernel = standing(before, seed);
    stand(Worlds.arbitraryWithHandovers(seed + 10_000), kernel);
    stand(before, kernel);
    Inputs over = without(before);
    stand(over, kernel);

    assertThat(kernel.guards).isEmpty();
    assertThat(kernel.links.keySet()).noneMatch(MigrationTunnel::isNamedAsOne);
    assertThat(kernel.links.keySet()).noneMatch(MigrationTunnel::isNamedAsOutlet);
    FakeKernel fresh = new FakeKernel();
    stand(over, fresh);
    assertThat(told(kernel)).isEqualTo(told(fresh));
    for (Link link : kernel.links.values()) {
      if (link.name().value().startsWith("vnet") && link.master().isPresent()) {
        assertThat(link.queueLength()).isEqualTo(FakeKernel.QUEUE_LENGTH);
      }
    }
  }

  private static Map<InterfaceName, Set<MacAddress>> told(FakeKernel kernel) {
    Map<InterfaceName, Set<MacAddress>> told = new HashMap<>(kernel.behindTunnel);
    told.values().removeIf(Set::isEmpty);
    return told;
  }

  private static Inputs without(Inputs inputs) {
    return Worlds.inputs(inputs.networks(), inputs.ports(), inputs.knowledge());
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void handoversChangeNothingOfTheNetworksThemselves(long seed) {
    Inputs inputs = Worlds.arbitraryWithHandovers(seed);
    FakeKernel with = standing(inputs, seed);
    FakeKernel without = standing(without(inputs), seed);
    without.links.forEach(
        (name, link) -> {
          if (link.owned().isPresent()) {
            assertThat(with.links).containsKey(name);
            assertThat(deaf(with.links.get(name))).isEqualTo(deaf(link));
          }
        });
    without
        .replicationLists()
        .forEach((name, list) -> assertThat(with.replicationLists()).containsEntry(name, list));
  }

  /** Where places are told, nothing is learned of other hosts while a VM is on its way. */
  private static Link deaf(Link link) {
    Segment.PortFlags flags = link.port().orElse(null);
    if (flags == null || !flags.suppress() || !(link.kind() instanceof Kind.Vxlan vxlan)) {
      return link;
    }
    return LinkChanges.port(
            new Segment.PortFlags(vxlan.learning(), true, flags.unknown(), flags.flood()))
        .apply(link);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void theOrderOfHandoversDoesNotMatter(long seed) {
    Inputs inputs = Worlds.arbitraryWithHandovers(seed);
    List<Handover> handovers = new ArrayList<>(inputs.handovers());
    Collections.shuffle(handovers, new Random(seed));
    Inputs shuffled =
        Worlds.inputs(
            inputs.networks(), inputs.ports(), inputs.knowledge(), new LinkedHashSet<>(handovers));
    FakeKernel kernel = new FakeKernel();
    assertThat(plan(shuffled, kernel)).isEqualTo(plan(inputs, kernel));
    kernel.apply(plan(inputs, kernel));
    assertThat(plan(shuffled, kernel)).isEqualTo(plan(inputs, kernel));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void nothingIsTakenAwayBeforeBothSnapshotsAreComplete(long seed) {
    FakeKernel kernel = standing(Worlds.arbitraryWithHandovers(seed), seed);
    Inputs later = Worlds.arbitraryWithHandovers(seed + 20_000);
    Knowledge known = later.knowledge();
    Inputs early =
        Worlds.inputs(
            later.networks(),
            later.ports(),
            new Knowledge(false, known.replication(), known.locations()),
            later.handovers());
    List<Change> changes = new ArrayList<>();
    changes.addAll(Planner.plan(Desire.of(later), kernel.read(), false).changes());
    changes.addAll(Planner.plan(Desire.of(early), kernel.read(), true).changes());
    Map<InterfaceName, Link> links = kernel.links;
    assertThat(changes)
        .noneMatch(
            change ->
                change instanceof Change.DeleteLink
                    || change instanceof Change.UnguardTunnel
                    || change instanceof Change.RemoveReplica
                    || change instanceof Change.RemoveMac
                    || change instanceof Change.RemoveBehindPort
                    || change instanceof Change.RemoveAddress
                    || (change instanceof Change.SetQueueLength set
                        && set.frames() < links.get(set.device()).queueLength()));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void ofOthersDevicesOnlyTapsInOurBridgesAreTouched(long seed) {
    Inputs inputs = Worlds.arbitraryWithHandovers(seed);
    FakeKernel kernel = new FakeKernel();
    kernel.foreign("virbr0", new Kind.Bridge(false), "");
    kernel.foreign("vnet0", new Kind.Other(), "virbr0");
    kernel.foreign("vnet1", new Kind.Other(), "");
    kernel.foreign("vxmig2", new Kind.Other(), "");
    kernel.foreign("vxmig3", new Kind.Bridge(false), "virbr0");
    kernel.foreign("vxout4", new Kind.Other(), "virbr0");
    Set<InterfaceName> foreign = Set.copyOf(kernel.links.keySet());
    kernel.linkLocals.put(
        new InterfaceName("vnet0"), new HashSet<>(Set.of(Prefix.parse("fe80::1/64"))));
    Plan plan = plan(inputs, kernel);
    for (Change change : plan.changes()) {
      assertThat(foreign).doesNotContain(change.device());
      if (change instanceof Change.Deliver deliver) {
        assertThat(foreign).doesNotContain(deliver.tap());
      }
    }
    kernel.apply(plan);
    assertThat(plan(inputs, kernel).changes()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void withoutNftablesNothingIsDeliveredAndOneProblemSaysWhatToInstall(long seed) {
    Inputs inputs = Worlds.arbitraryWithHandovers(seed);
    FakeKernel kernel = new FakeKernel();
    kernel.noGuards = "there is no nft";
    stand(inputs, kernel);
    assertThat(kernel.guards).isEmpty();
    boolean wanted =
        Desire.of(inputs).segments().values().stream().anyMatch(s -> s.tunnel().isPresent());
    assertThat(plan(inputs, kernel).problems())
        .filteredOn(problem -> problem.message().contains("there is no nft"))
        .hasSize(wanted ? 1 : 0)
        .allMatch(problem -> problem.message().contains("dnf install nftables"));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void whileNftablesCannotBeReadNothingOfItOrOfTunnelsThatAreWantedIsTakenAway(long seed) {
    Inputs inputs = Worlds.arbitraryWithHandovers(seed);
    FakeKernel kernel = standing(inputs, seed);
    kernel.unknownGuards = "no answer";
    assertThat(plan(inputs, kernel).changes())
        .allMatch(
            change -> change instanceof Change.GuardTunnel || change instanceof Change.Deliver);
  }
}
