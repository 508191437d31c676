package io.vxland.plan.ovs;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.model.InterfaceName;
import io.vxland.model.MacAddress;
import io.vxland.model.Network;
import io.vxland.model.VlanTag;
import io.vxland.plan.Plan;
import io.vxland.plan.ovs.ActualSwitches.ActualPort;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A switch with a port to another network: two hosts with one are a loop. */
class SwitchUplinksTest extends SwitchScene {
  private static final Set<InterfaceName> UPLINKS =
      Set.of(new InterfaceName("eth1"), new InterfaceName("eth2"));

  private final Network red = network("red", 11, "br-extun", 11);
  private final Network green = network("green", 12, "br-extun", 12);

  private static ActualPort port(String type, Integer tag) {
    return FakeSwitches.port(
        Optional.empty(),
        type,
        Map.of(),
        false,
        Optional.ofNullable(tag).map(VlanTag::new),
        false,
        "");
  }

  private Plan planWith(Network... networks) {
    return SwitchPlanner.plan(
        SwitchDesire.of(inputs(Set.of(networks))), switches.state().with(UPLINKS), false);
  }

  @Test
  void hasNoTunnelsUntilItIsTakenOut() {
    settle(inputs(Set.of(extun())));
    switches.plug("br-extun", "eth1", port("", null));
    Plan plan = planWith(extun());
    assertThat(commands(plan))
        .filteredOn(command -> command.contains("del-port"))
        .allMatch(command -> command.contains("tun-vxlan"))
        .hasSize(2);
    assertThat(plan.blocked()).containsExactly(VNI);
    assertThat(plan.problems().toString())
        .contains("ovs-vsctl del-port br-extun eth1", "'allow-uplink = yes'", "[network ovs-tun]");
    switches.apply(plan.changes());
    assertThat(planWith(extun()).changes()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"patch", "gre", "vxlan", "geneve"})
  void soItIsWithWhatLeadsToAnotherSwitch(String type) {
    settle(inputs(Set.of(extun())));
    switches.plug("br-extun", "to-lan", port(type, null));
    assertThat(planWith(extun()).blocked()).containsExactly(VNI);
  }

  @ParameterizedTest
  @CsvSource({"11, 11", "12, 12", "13, ''", ", 11 12"})
  void onOneWithTagsItConcernsTheNetworksThatThePortCarries(Integer tag, String blocked) {
    settle(inputs(Set.of(red, green)));
    switches.plug("br-extun", "eth1", port("", tag));
    assertThat(planWith(red, green).blocked().stream().sorted().map(Object::toString))
        .containsExactly(blocked.isEmpty() ? new String[0] : blocked.split(" "));
  }

  @Test
  void aGatewaySaysThatItIsMeant() {
    Network gateway = red.with(red.options().withUplink());
    settle(inputs(Set.of(gateway, green)));
    switches.plug("br-extun", "eth1", port("", 11));
    assertThat(planWith(gateway, green).changes()).isEmpty();
    assertThat(planWith(gateway, green).problems()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "internal"})
  void aTapOfAVmOrAPortOfTheSwitchItselfIsNone(String type) {
    settle(inputs(Set.of(extun())));
    String name = type.isEmpty() ? "vnet0" : "eth1";
    switches.plug("br-extun", name, port(type, null));
    switches.plug(
        "br-extun",
        "eth2",
        FakeSwitches.attached(port("", null), MacAddress.parse("52:54:00:00:00:09")));
    assertThat(planWith(extun()).problems()).isEmpty();
  }
}
