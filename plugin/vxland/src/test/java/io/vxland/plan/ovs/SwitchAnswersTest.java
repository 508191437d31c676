package io.vxland.plan.ovs;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.model.InterfaceName;
import io.vxland.model.IpAddress;
import io.vxland.model.Knowledge;
import io.vxland.model.LocalPort;
import io.vxland.model.Location;
import io.vxland.model.MacAddress;
import io.vxland.model.Network;
import io.vxland.model.NetworkName;
import io.vxland.model.OverlayOptions;
import io.vxland.model.Template;
import io.vxland.model.VlanTag;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import io.vxland.openflow.Flow;
import io.vxland.plan.Inputs;
import io.vxland.plan.Plan;
import io.vxland.plan.Problem;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What a switch answers by itself: who has an address that is known to be at another host. */
class SwitchAnswersTest {
  private static final Vni VNI = new Vni(5001);
  private static final MacAddress MAC = MacAddress.parse("52:54:00:00:00:01");
  private static final InterfaceName BRIDGE = new InterfaceName("br-extun");
  private static final InterfaceName TAP = new InterfaceName("vnet0");
  private static final String OURS = "cookie=0x76786c616e64, table=";

  private final FakeSwitches switches = new FakeSwitches();
  private Integer tag;
  private Set<LocalPort> ports = Set.of();

  private static Location at(String host, MacAddress mac, String... addresses) {
    return new Location(
        mac, Vtep.parse(host), Arrays.stream(addresses).map(IpAddress::parse).toList());
  }

  private Plan plan(Location... locations) {
    Network network =
        new Network(
            new NetworkName("ovs-tun"),
            VNI,
            Optional.of(BRIDGE),
            Optional.ofNullable(tag).map(VlanTag::new),
            Template.OVS_TUN,
            Network.Origin.LIBVIRT,
            OverlayOptions.DEFAULTS);
    Inputs inputs =
        new Inputs(
            Optional.of(Vtep.parse("10.99.0.1")),
            Optional.of(new Inputs.Underlay(new InterfaceName("eth0"), 1500)),
            Set.of(network),
            ports,
            new Knowledge(
                true,
                Map.of(
                    VNI, new TreeSet<>(List.of(Vtep.parse("10.99.0.2"), Vtep.parse("10.99.0.3")))),
                Map.of(VNI, List.of(locations))),
            Set.of());
    return SwitchPlanner.plan(SwitchDesire.of(inputs), switches.state(), true);
  }

  /** The flows that lead to an answer, table first. */
  private List<String> settle(Location... locations) {
    for (int round = 0; round < 3; round++) {
      switches.apply(plan(locations).changes());
    }
    assertThat(plan(locations).changes()).isEmpty();
    return switches.state().switches().get(BRIDGE).flows().packets().keySet().stream()
        .filter(flow -> flow.priority() == Flows.ANSWER || flow.priority() == Flows.FOR_ALL)
        .map(Flow::text)
        .map(text -> text.substring(OURS.length()))
        .sorted()
        .toList();
  }

  @Test
  void whoHasAnAddressOfACardElsewhereIsAnsweredAndClaimsGoToAll() {
    assertThat(settle(at("10.99.0.3", MAC, "10.7.0.3")))
        .satisfiesExactly(
            answer ->
                assertThat(answer)
                    .startsWith(
                        "0, priority=104,arp,vlan_tci=0x0000/0x1fff,"
                            + "dl_dst=01:00:00:00:00:00/01:00:00:00:00:00,"
                            + "arp_tpa=10.7.0.3,arp_op=1 actions=")
                    .contains("set_field:52:54:00:00:00:01->arp_sha")
                    .endsWith("IN_PORT"),
            free ->
                assertThat(free)
                    .isEqualTo(
                        "0, priority=106,arp,vlan_tci=0x0000/0x1fff,arp_spa=0.0.0.0,arp_op=1"
                            + " actions=NORMAL"),
            claim ->
                assertThat(claim)
                    .isEqualTo(
                        "0, priority=106,arp,vlan_tci=0x0000/0x1fff,arp_spa=10.7.0.3,arp_op=1"
                            + " actions=NORMAL"),
            free6 ->
                assertThat(free6)
                    .isEqualTo(
                        "0, priority=106,icmp6,vlan_tci=0x0000/0x1fff,ipv6_src=::,icmp_type=135"
                            + " actions=NORMAL"));
  }

  @Test
  void aSolicitationIsAnsweredByWayOfTheSecondTable() {
    assertThat(settle(at("10.99.0.3", MAC, "fd07::3")))
        .filteredOn(flow -> flow.contains("fd07::3"))
        .satisfiesExactly(
            question ->
                assertThat(question)
                    .startsWith("0, priority=104,icmp6,")
                    .contains("dl_dst=01:00:00:00:00:00/01:00:00:00:00:00", "nd_target=fd07::3")
                    .endsWith("resubmit(,1)"),
            answer -> assertThat(answer).startsWith("1, priority=104,icmp6,").endsWith("IN_PORT"));
  }

  @Test
  void withoutAKnownAddressNothingIsAnswered() {
    assertThat(settle(at("10.99.0.3", MAC))).isEmpty();
    settle(at("10.99.0.3", MAC, "10.7.0.3", "fd07::3"));
    assertThat(settle()).isEmpty();
  }

  @Test
  void forACardOfThisHostItAnswersItself() {
    ports =
        Set.of(
            new LocalPort(
                new UUID(0, 1),
                "vm",
                MAC,
                VNI,
                BRIDGE,
                Optional.of(TAP),
                Optional.empty(),
                LocalPort.State.HERE));
    assertThat(settle(at("10.99.0.3", MAC, "10.7.0.3"))).isEmpty();
    assertThat(settle(at("10.99.0.1", MAC, "10.7.0.3"))).isEmpty();
  }

  @Test
  void anAddressOfTwoCardsIsLeftToThemAndToldOf() {
    Location[] both = {
      at("10.99.0.3", MAC, "10.7.0.3"),
      at("10.99.0.2", MacAddress.parse("52:54:00:00:00:02"), "10.7.0.3")
    };
    assertThat(settle(both)).isEmpty();
    assertThat(plan(both).problems())
        .extracting(Problem::message)
        .containsExactly("10.7.0.3 is said to be two cards'; who has it is asked of all hosts");
  }

  @Test
  void onASharedSwitchOnlyTheNetworksOwnCardsAreAnswered() {
    tag = 11;
    List<String> flows = settle(at("10.99.0.3", MAC, "10.7.0.3"));
    // From each tunnel, which higher flows take before, and from ports with several VLANs.
    assertThat(flows)
        .filteredOn(flow -> flow.contains("arp_tpa"))
        .hasSize(3)
        .anyMatch(flow -> flow.contains("dl_vlan=11"))
        .allMatch(flow -> flow.contains("dl_vlan=11") || flow.contains("in_port="));
  }
}
