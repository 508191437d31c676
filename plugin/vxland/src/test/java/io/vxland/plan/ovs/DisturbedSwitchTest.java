package io.vxland.plan.ovs;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.model.InterfaceName;
import io.vxland.model.LocalPort;
import io.vxland.model.Network;
import io.vxland.model.VlanTag;
import io.vxland.model.Vni;
import io.vxland.plan.Inputs;
import io.vxland.plan.Plan;
import io.vxland.plan.Problem;
import io.vxland.plan.ovs.ActualSwitches.ActualPort;
import io.vxland.plan.ovs.ActualSwitches.ActualSwitch;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What others have done to switches: put right where it is ours, left alone and told of where not.
 */
class DisturbedSwitchTest extends SwitchScene {
  private Inputs inputs(Set<Network> networks, Set<LocalPort> cards, String... hosts) {
    ports = cards;
    peers = List.of(hosts);
    return inputs(networks);
  }

  /** In one pass: none of these needs the numbers of ports. */
  private Plan stand(Inputs inputs) {
    Plan plan = plan(inputs);
    switches.apply(plan.changes());
    assertThat(plan(inputs).changes()).as("after %s", commands(plan)).isEmpty();
    return plan;
  }

  @Test
  void aBridgeOfOthersIsLeftAloneAndToldOf() {
    switches.put("br-extun", new ActualSwitch(false, "system", OptionalInt.empty(), Map.of()));
    Plan plan = plan(inputs(Set.of(extun()), Set.of(), "10.99.0.2"));
    assertThat(plan.changes()).isEmpty();
    assertThat(plan.blocked()).containsExactly(new Vni(5001));
    assertThat(plan.problems().get(0).message())
        .contains("ovs-vsctl br-set-external-id br-extun vxland bridge");
  }

  @Test
  void aPortOfOthersOnOurBridgeStaysAndKeepsTheBridge() {
    stand(inputs(Set.of(extun()), Set.of(), "10.99.0.2"));
    switches.plug("br-extun", "eth7", FakeSwitches.foreignPort());
    assertThat(plan(inputs(Set.of(extun()), Set.of(), "10.99.0.2")).changes()).isEmpty();
    Plan end = plan(inputs(Set.of(), Set.of()));
    assertThat(end.changes()).isEmpty();
    assertThat(end.problems().get(0).message()).contains("[eth7] is plugged in");
  }

  private static ActualPort changed(ActualPort port, String column) {
    return FakeSwitches.port(
        port.owner(),
        column.equals("type") ? "geneve" : port.type(),
        column.equals("options") ? Map.of("remote_ip", "10.99.0.2", "key", "7") : port.options(),
        !column.equals("protected"),
        column.equals("tag") ? Optional.of(new VlanTag(7)) : port.tag(),
        column.equals("bfd"),
        port.error());
  }

  @ParameterizedTest
  @ValueSource(strings = {"type", "options", "protected", "tag", "bfd"})
  void whatWasChangedByHandIsChangedBack(String column) {
    Inputs inputs = inputs(Set.of(extun()), Set.of(), "10.99.0.2");
    stand(inputs);
    InterfaceName name = new InterfaceName("tun-vxlan0");
    ActualPort port =
        switches.state().switches().get(new InterfaceName("br-extun")).ports().get(name);
    switches.plug("br-extun", name.value(), changed(port, column));
    assertThat(commands(stand(inputs)))
        .singleElement()
        .asString()
        .contains("clear Interface tun-vxlan0 options", "protected=true", "options:key=5001");
  }

  private ActualPort unmarked(boolean isProtected) {
    ActualPort port =
        switches
            .state()
            .switches()
            .get(new InterfaceName("br-extun"))
            .ports()
            .get(new InterfaceName("tun-vxlan0"));
    return FakeSwitches.port(
        Optional.empty(),
        port.type(),
        port.options(),
        isProtected,
        port.tag(),
        port.bfd(),
        port.error());
  }

  @Test
  void aTunnelWhoseMarkSomebodyTookIsMarkedAgain() {
    Inputs inputs = inputs(Set.of(extun()), Set.of(), "10.99.0.2");
    stand(inputs);
    switches.plug("br-extun", "tun-vxlan0", unmarked(true));
    Plan plan = stand(inputs);
    assertThat(commands(plan))
        .singleElement()
        .asString()
        .contains("clear Interface tun-vxlan0 options", "external_ids:vxland=\"vni=5001\"");
    assertThat(plan.problems()).isEmpty();
  }

  @Test
  void aTunnelThatSomebodyMadeOtherwiseIsToldOfAndNotDoubled() {
    Inputs inputs = inputs(Set.of(extun()), Set.of(), "10.99.0.2", "10.99.0.3");
    stand(inputs);
    switches.plug("br-extun", "tun-vxlan0", unmarked(false));
    Plan plan = plan(inputs);
    assertThat(plan.changes()).isEmpty();
    assertThat(plan.blocked()).containsExactly(new Vni(5001));
    assertThat(plan.problems())
        .extracting(Problem::subject, Problem::message)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(
                "network 'ovs-tun'",
                "port tun-vxlan0 of bridge br-extun is a tunnel to 10.99.0.2 with the key 5001, but"
                    + " vxland did not make it: a second one would deliver every frame twice;"
                    + " delete it with: ovs-vsctl del-port br-extun tun-vxlan0"));
  }

  @Test
  void aTunnelThatWasTurnedToAnotherHostMakesWayForOneOfTheSameName() {
    stand(inputs(Set.of(extun()), Set.of(), "10.99.0.2"));
    switches.plug(
        "br-extun",
        "tun-vxlan0",
        FakeSwitches.port(
            Optional.of(SwitchOwnership.Owner.of(new Vni(5001))),
            "vxlan",
            Map.of("remote_ip", "10.99.0.77"),
            true,
            Optional.empty(),
            false,
            ""));
    assertThat(commands(stand(inputs(Set.of(extun()), Set.of(), "10.99.0.2"))))
        .satisfiesExactly(
            first -> assertThat(first).isEqualTo("ovs-vsctl del-port br-extun tun-vxlan0"),
            second -> assertThat(second).startsWith("ovs-vsctl add-port br-extun tun-vxlan0 "));
  }

  @Test
  void withoutOpenVswitchTheNetworkWaitsAndSaysSo() {
    Plan plan =
        SwitchPlanner.plan(
            SwitchDesire.of(inputs(Set.of(extun()), Set.of(), "10.99.0.2")),
            ActualSwitches.missing("Open vSwitch does not run"),
            true);
    assertThat(plan.changes()).isEmpty();
    assertThat(plan.blocked()).containsExactly(new Vni(5001));
    assertThat(plan.problems())
        .containsExactly(new Problem("network 'ovs-tun'", "Open vSwitch does not run"));
  }

  @Test
  void aTapThatLostItsBridgeIsToldOf() {
    Inputs inputs = inputs(Set.of(extun()), Set.of(portOn("br-extun")), "10.99.0.2");
    switches.apply(plan(inputs).changes());
    assertThat(plan(inputs).problems())
        .extracting(Problem::message)
        .singleElement()
        .asString()
        .endsWith("plug it in with: ovs-vsctl add-port br-extun vnet0");
  }

  /** Without the tag it would be in all networks of the bridge. */
  @Test
  void aTapOfANetworkWithATagIsToBePluggedInWithIt() {
    Set<Network> both =
        Set.of(network("a", 5001, "br-extun", 11), network("b", 5002, "br-extun", 12));
    Inputs inputs = inputs(both, Set.of(portOn("br-extun")), "10.99.0.2");
    switches.apply(plan(inputs).changes());
    assertThat(plan(inputs).problems())
        .extracting(Problem::message)
        .singleElement()
        .asString()
        .endsWith("plug it in with: ovs-vsctl add-port br-extun vnet0 tag=11");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 12})
  void aTapInAnotherVlanThanItsNetworkIsToldOf(int tag) {
    Set<Network> both =
        Set.of(network("a", 5001, "br-extun", 11), network("b", 5002, "br-extun", 12));
    Inputs inputs = inputs(both, Set.of(portOn("br-extun")), "10.99.0.2");
    stand(inputs);
    switches.plug("br-extun", "vnet0", tagged(tag == 0 ? null : tag));
    assertThat(plan(inputs).problems())
        .extracting(Problem::subject, Problem::message)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(
                "VM 'vm1'",
                "its tap vnet0 is in VLAN "
                    + (tag == 0 ? "0 (which sees all networks)" : "12")
                    + " of bridge br-extun, but its network is VLAN 11; correct it with:"
                    + " ovs-vsctl set Port vnet0 tag=11"));
    switches.plug("br-extun", "vnet0", tagged(11));
    assertThat(plan(inputs).problems()).isEmpty();
  }

  private static ActualPort tagged(Integer tag) {
    return FakeSwitches.port(
        Optional.empty(),
        "",
        Map.of(),
        false,
        Optional.ofNullable(tag).map(VlanTag::new),
        false,
        "");
  }

  @Test
  void aSwitchWhoseFlowsCannotBeReadDoesNotDoWhatItShould() {
    Inputs inputs = inputs(Set.of(extun()), Set.of(), "10.99.0.2");
    stand(inputs);
    ActualSwitch there = switches.state().switches().get(new InterfaceName("br-extun"));
    switches.put("br-extun", there.with(ActualFlows.missing("its flows cannot be read")));
    Plan plan = plan(inputs);
    assertThat(plan.blocked()).containsExactly(new Vni(5001));
    assertThat(plan.problems())
        .containsExactly(new Problem("bridge br-extun", "its flows cannot be read"));
  }
}
