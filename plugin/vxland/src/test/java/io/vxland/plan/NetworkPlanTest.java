package io.vxland.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.model.InterfaceName;
import io.vxland.model.Network.Origin;
import io.vxland.model.NetworkName;
import io.vxland.model.OverlayOptions;
import io.vxland.model.Registry;
import io.vxland.model.SharedNetwork;
import io.vxland.model.Template;
import io.vxland.model.Vni;
import io.vxland.plan.NetworkPlan.Local;
import io.vxland.plan.NetworkPlan.Step.Define;
import io.vxland.plan.NetworkPlan.Step.Delete;
import io.vxland.plan.NetworkPlan.Step.Tell;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a host does about the networks that all hosts have, or had. */
class NetworkPlanTest {
  private static final SharedNetwork BLUE = network("blue", 5001);
  private static final SharedNetwork OTHER_BLUE = network("blue", 6001);

  private static SharedNetwork network(String name, int vni) {
    return new SharedNetwork(
        new NetworkName(name),
        new Vni(vni),
        Template.BRIDGE,
        new InterfaceName("br" + vni),
        Optional.empty());
  }

  private static Registry registry(List<SharedNetwork> defined, List<SharedNetwork> deleted) {
    Map<NetworkName, SharedNetwork> there = new HashMap<>();
    Map<NetworkName, SharedNetwork> gone = new HashMap<>();
    Map<Vni, NetworkName> owners = new HashMap<>();
    defined.forEach(each -> there.put(each.name(), each));
    defined.forEach(each -> owners.put(each.vni(), each.name()));
    deleted.forEach(each -> gone.put(each.name(), each));
    return new Registry(there, gone, owners);
  }

  private static Local local(SharedNetwork network, Origin origin, boolean used) {
    return new Local(network.network(OverlayOptions.DEFAULTS).from(origin), used);
  }

  private static NetworkPlan plan(Registry registry, Local... locals) {
    return NetworkPlan.of(registry, List.of(locals));
  }

  @Test
  void whatAllHostsHaveIsDefinedHereAndThenNothingIsToDo() {
    Registry all = registry(List.of(BLUE), List.of());
    assertThat(plan(all)).isEqualTo(new NetworkPlan(List.of(new Define(BLUE)), List.of()));
    NetworkPlan nothing = new NetworkPlan(List.of(), List.of());
    assertThat(plan(all, local(BLUE, Origin.SHARED, true))).isEqualTo(nothing);
    assertThat(plan(all, local(BLUE, Origin.LIBVIRT, true)))
        .as("somebody has defined just the same here")
        .isEqualTo(nothing);
  }

  @Test
  void whatWasDeletedGoesUnlessVmsUseItOrItIsThisHostsOwn() {
    Registry gone = registry(List.of(), List.of(BLUE));
    assertThat(plan(gone, local(BLUE, Origin.SHARED, false)).steps())
        .containsExactly(new Delete(BLUE));
    NetworkPlan used = plan(gone, local(BLUE, Origin.SHARED, true));
    assertThat(used.steps()).isEmpty();
    assertThat(used.problems())
        .singleElement()
        .satisfies(problem -> assertThat(problem.message()).contains("VMs here use it"));
    assertThat(plan(gone, local(BLUE, Origin.LIBVIRT, false)).steps()).isEmpty();
    assertThat(plan(gone, local(OTHER_BLUE, Origin.SHARED, false)).steps())
        .as("it was defined anew meanwhile, and another than that was deleted")
        .isEmpty();
  }

  @Test
  void whatTheRegistryHasLostItIsToldAgain() {
    assertThat(plan(registry(List.of(), List.of()), local(BLUE, Origin.SHARED, true)).steps())
        .containsExactly(new Tell(BLUE));
    assertThat(plan(registry(List.of(), List.of()), local(BLUE, Origin.LIBVIRT, true)).steps())
        .as("this host's own is nobody else's business")
        .isEmpty();
  }

  @Test
  void aNetworkThatWasDefinedAnewReplacesTheOldOneUnlessVmsUseIt() {
    Registry all = registry(List.of(OTHER_BLUE), List.of());
    assertThat(plan(all, local(BLUE, Origin.SHARED, false)).steps())
        .containsExactly(new Delete(BLUE), new Define(OTHER_BLUE));
    for (Local kept :
        List.of(local(BLUE, Origin.SHARED, true), local(BLUE, Origin.LIBVIRT, false))) {
      NetworkPlan plan = plan(all, kept);
      assertThat(plan.steps()).isEmpty();
      assertThat(plan.problems())
          .singleElement()
          .satisfies(
              problem ->
                  assertThat(problem.message())
                      .contains("VNI 6001 on bridge br6001", "VNI 5001 on bridge br5001"));
    }
  }

  @Test
  void aVniThatIsAnothersOnAllHostsNamesBoth() {
    for (Origin origin : List.of(Origin.LIBVIRT, Origin.SHARED)) {
      NetworkPlan plan =
          plan(
              registry(List.of(BLUE), List.of()),
              local(BLUE, Origin.SHARED, false),
              local(network("red", 5001), origin, false));
      assertThat(plan.steps()).isEmpty();
      assertThat(plan.problems())
          .containsExactly(
              new Problem(
                  "network 'red'",
                  "VNI 5001 belongs to 'blue' on all hosts; delete this network, or define it again"
                      + " with another VNI"));
    }
  }
}
