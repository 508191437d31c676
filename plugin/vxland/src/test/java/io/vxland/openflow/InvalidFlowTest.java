package io.vxland.openflow;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What Open vSwitch would refuse cannot be made. */
class InvalidFlowTest {
  private static final Match ARP = Match.ANY.ethType(EthType.ARP);
  private static final Value MAC = Value.mac(Flows.MAC_1);

  static Stream<Arguments> invalid() {
    return Stream.of(
        refused(() -> Flow.of(255, 0, 0, Match.ANY), "table 255 is not within 0 to 254"),
        refused(() -> Flow.of(-1, 0, 0, Match.ANY), "table -1"),
        refused(() -> Flow.of(0, 65536, 0, Match.ANY), "priority 65536"),
        refused(() -> Flow.of(0, 0, -1, Match.ANY), "reserved"),
        refused(() -> Flow.of(0, 0, 0, Match.ANY).idleTimeout(65536), "idle_timeout 65536"),
        refused(() -> Flow.of(0, 0, 0, Match.ANY).hardTimeout(-1), "hard_timeout -1"),
        refused(
            () ->
                new Flow(0, 0, 0, 0, 0, Match.ANY, Collections.nCopies(1001, new Action.PopVlan())),
            "more than 1000"),
        refused(
            () -> Flow.of(0, 0, 0, ARP, Flows.set(Field.ND_TLL, MAC)),
            "needs icmpv6_type 136 with icmpv6_code 0 in the match"),
        refused(
            () -> Flow.of(0, 0, 0, Match.ANY, Flows.move(Field.ARP_SPA, Field.ARP_TPA)),
            "needs eth_type ARP"),
        refused(
            () -> Flow.of(0, 0, 0, Flows.nd(135), Flows.set(Field.ND_TLL, MAC)), "icmpv6_type 136"),
        refused(() -> Match.ANY.with(Field.ARP_TPA, Flows.TEN_7), "arp_tpa needs eth_type ARP"),
        refused(() -> ARP.with(Field.IP_PROTO, Value.u8(1)), "nw_proto needs eth_type IPv4"),
        refused(
            () -> ARP.with(Field.UDP_SRC, Value.u16(67)),
            "tp_src needs ip_proto UDP over IPv4 or IPv6"),
        refused(() -> ARP.with(Field.ARP_OP, Value.u16(256)), "up to 255"),
        refused(() -> ARP.with(Field.ETH_DST, Value.u32(1)), "eth_dst has 6 bytes, the value 4"),
        refused(
            () -> Match.ANY.with(Field.ETH_TYPE, Value.u16(0), Value.u16(1)),
            "matched whole or not at all"),
        refused(() -> Match.ANY.with(Field.ETH_DST, MAC, Value.mac(1L << 40)), "beyond its mask"),
        refused(() -> Match.ANY.with(Field.ETH_DST, Value.mac(0), Value.mac(0)), "without bits"),
        refused(() -> Flows.nd(136).with(Field.ND_RESERVED, Value.u32(0)), "can only be set"),
        refused(
            () -> Answers.neighbourAdvertisement(Match.ANY, 1, 1, 0, 0, Flows.FD00_7, Flows.MAC_7),
            "another than 1"),
        refused(() -> Match.ANY.inPort(Port.NORMAL), "nothing comes from port"),
        refused(() -> Match.ANY.vlan(4096), "VLAN 4096"),
        refused(
            () -> Match.ANY.with(Field.VLAN_VID, Value.u16(7)), "no tag, any tag or one number"),
        refused(() -> new Match(Map.of(Field.ND_TLL, new Match.Bits(MAC, Value.ones(6)))), "needs"),
        refused(() -> new Port(0), "0 is no port"),
        refused(() -> new Port(65280), "65280 is no port"),
        refused(() -> new Port(-1), "4294967295 is no port"),
        refused(() -> new Action.Group(-1), "no group"),
        refused(() -> new Action.Resubmit(255), "table 255"),
        refused(() -> new Action.PushVlan(0x0800), "0x8100 or 0x88a8"),
        refused(() -> Flows.set(Field.IN_PORT, Value.u32(1)), "cannot be changed"),
        refused(() -> Flows.set(Field.VLAN_VID, Value.u16(7)), "0x1000"),
        refused(() -> new Action.Load(Field.IPV6_SRC, Flows.FD00_7), "too long to be loaded"),
        refused(() -> Flows.move(Field.ETH_SRC, Field.ARP_SPA), "not the same length"),
        refused(() -> Flows.move(Field.VLAN_VID, Field.ARP_OP), "set_field"),
        refused(() -> Value.u8(256), "does not fit in 1 bytes"),
        refused(() -> Value.mac(1L << 48), "does not fit in 6 bytes"),
        refused(() -> new Value(3, 0, 0), "no field has 3 bytes"),
        refused(() -> new Value(8, 1, 0), "does not fit in 8 bytes"),
        refused(() -> new FlowMod.DeleteAll(0, 0), "everybody's flows"),
        refused(() -> new FlowMod.DeleteAll(3, 1), "beyond its mask"),
        refused(() -> new FlowMod.Delete(0, -1, 0, Match.ANY), "priority -1"),
        refused(
            () -> new FlowMod.Modify(Flows.knownMac().idleTimeout(1)),
            "timeouts stay as they were made"));
  }

  private static Arguments refused(ThrowingCallable made, String why) {
    return Arguments.of(made, why);
  }

  @ParameterizedTest
  @MethodSource("invalid")
  void itIsRefusedWithItsReason(ThrowingCallable made, String why) {
    assertThatThrownBy(made).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(why);
  }
}
