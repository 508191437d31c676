package io.vxland.plan.ovs;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.model.IpAddress;
import io.vxland.model.Location;
import io.vxland.model.MacAddress;
import io.vxland.model.Vtep;
import io.vxland.plan.Inputs;
import io.vxland.plan.Problem;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a switch answers by itself: who has an address that is known to be at another host. */
class SwitchAnswersTest extends SwitchScene {
  private Integer tag;

  private static Location at(String host, MacAddress mac, String... addresses) {
    return new Location(
        mac, Vtep.parse(host), Arrays.stream(addresses).map(IpAddress::parse).toList());
  }

  private Inputs inputs(Location... known) {
    locations = List.of(known);
    return inputs(Set.of(network("ovs-tun", VNI.value(), BRIDGE.value(), tag)));
  }

  /** The flows that lead to an answer, table first. */
  private List<String> answers(Location... known) {
    settle(inputs(known));
    return flows().stream()
        .filter(
            flow ->
                flow.contains("priority=" + Flows.ANSWER + ",")
                    || flow.contains("priority=" + Flows.FOR_ALL + ","))
        .toList();
  }

  @Test
  void whoHasAnAddressOfACardElsewhereIsAnsweredAndClaimsGoToAll() {
    assertThat(answers(at("10.99.0.3", MAC, "10.7.0.3")))
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
    assertThat(answers(at("10.99.0.3", MAC, "fd07::3")))
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
    assertThat(answers(at("10.99.0.3", MAC))).isEmpty();
    answers(at("10.99.0.3", MAC, "10.7.0.3", "fd07::3"));
    assertThat(answers()).isEmpty();
  }

  @Test
  void forACardOfThisHostItAnswersItself() {
    ports = Set.of(portOn(BRIDGE.value()));
    assertThat(answers(at("10.99.0.3", MAC, "10.7.0.3"))).isEmpty();
    assertThat(answers(at("10.99.0.1", MAC, "10.7.0.3"))).isEmpty();
  }

  @Test
  void anAddressOfTwoCardsIsLeftToThemAndToldOf() {
    Location[] both = {
      at("10.99.0.3", MAC, "10.7.0.3"),
      at("10.99.0.2", MacAddress.parse("52:54:00:00:00:02"), "10.7.0.3")
    };
    assertThat(answers(both)).isEmpty();
    assertThat(plan(inputs(both)).problems())
        .extracting(Problem::message)
        .containsExactly(
            "10.7.0.3 is claimed by two ports, 52:54:00:00:00:01 at 10.99.0.3 and"
                + " 52:54:00:00:00:02 at 10.99.0.2; ARP and ND requests for it are flooded;"
                + " give one of the two another address");
  }

  @Test
  void onASharedSwitchOnlyTheNetworksOwnCardsAreAnswered() {
    tag = 11;
    List<String> flows = answers(at("10.99.0.3", MAC, "10.7.0.3"));
    // From each tunnel, which higher flows take before, and from ports with several VLANs.
    assertThat(flows)
        .filteredOn(flow -> flow.contains("arp_tpa"))
        .hasSize(3)
        .anyMatch(flow -> flow.contains("dl_vlan=11"))
        .allMatch(flow -> flow.contains("dl_vlan=11") || flow.contains("in_port="));
  }
}
