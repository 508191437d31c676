package io.vxland.tests.openflow;

import io.vxland.openflow.Action;
import io.vxland.openflow.EthType;
import io.vxland.openflow.Field;
import io.vxland.openflow.Flow;
import io.vxland.openflow.Match;
import io.vxland.openflow.Port;
import io.vxland.openflow.Value;
import java.util.ArrayList;
import java.util.List;

/** Flows as vxland makes them. */
final class SampleFlows {
  static final long OURS = 0x7678000000000001L;
  static final long MAC = 0x525400000007L;
  static final Port TUNNEL = new Port(1);

  static final List<Flow> ALL = all();

  private SampleFlows() {}

  static Action set(Field field, Value value) {
    return new Action.SetField(field, value);
  }

  static Action move(Field from, Field to) {
    return new Action.Move(from, to);
  }

  /** The switch answers who has an IPv4 address. */
  static Flow arpAnswer(int address, long mac) {
    Match request =
        Match.ANY
            .ethType(EthType.ARP)
            .with(Field.ARP_OP, Value.u16(1))
            .with(Field.ARP_TPA, Value.ipv4(address));
    return Flow.of(
        0,
        300,
        OURS,
        request,
        move(Field.ETH_SRC, Field.ETH_DST),
        set(Field.ETH_SRC, Value.mac(mac)),
        new Action.Load(Field.ARP_OP, Value.u16(2)),
        move(Field.ARP_SHA, Field.ARP_THA),
        move(Field.ARP_SPA, Field.ARP_TPA),
        set(Field.ARP_SHA, Value.mac(mac)),
        set(Field.ARP_SPA, Value.ipv4(address)),
        new Action.Output(Port.IN_PORT));
  }

  /**
   * The switch answers who has an IPv6 address. In two tables: what is only in an advertisement may
   * be set only where one is matched.
   */
  static List<Flow> ndAnswer(Value address, long mac) {
    return List.of(
        Flow.of(
            0,
            300,
            OURS,
            nd(135, address),
            set(Field.ICMPV6_TYPE, Value.u8(136)),
            set(Field.ND_OPTIONS_TYPE, Value.u8(2)),
            new Action.Resubmit(1)),
        Flow.of(
            1,
            300,
            OURS,
            nd(136, address),
            // Solicited, override.
            set(Field.ND_RESERVED, Value.u32(0x60000000)),
            move(Field.ETH_SRC, Field.ETH_DST),
            set(Field.ETH_SRC, Value.mac(mac)),
            move(Field.IPV6_SRC, Field.IPV6_DST),
            set(Field.IPV6_SRC, address),
            set(Field.ND_TLL, Value.mac(mac)),
            new Action.Output(Port.IN_PORT)));
  }

  private static Match nd(int type, Value target) {
    return Match.ANY
        .ethType(EthType.IPV6)
        .with(Field.IP_PROTO, Value.u8(58))
        .with(Field.ICMPV6_TYPE, Value.u8(type))
        .with(Field.ICMPV6_CODE, Value.u8(0))
        .with(Field.ND_TARGET, target);
  }

  private static List<Flow> all() {
    Action toTunnel = new Action.Output(TUNNEL);
    List<Flow> flows = new ArrayList<>();
    flows.add(Flow.of(0, 200, OURS, Match.ANY.ethDst(MAC), toTunnel));
    flows.add(Flow.of(0, 0, OURS, Match.ANY, new Action.Output(Port.NORMAL)));
    flows.add(Flow.of(0, Flow.DEFAULT_PRIORITY, OURS, Match.ANY));
    flows.add(
        Flow.of(
            0,
            400,
            OURS,
            Match.ANY.ethDst(MAC),
            set(Field.TUNNEL_ID, Value.u64(16777215 - 5001)),
            set(Field.TUN_IPV4_DST, Value.ipv4(0x0a630002)),
            toTunnel,
            set(Field.TUN_IPV4_DST, Value.ipv4(0x0a630003)),
            toTunnel));
    flows.add(
        Flow.of(
            0,
            401,
            OURS,
            Match.ANY.inPort(Port.LOCAL).ethSrc(MAC),
            set(Field.TUN_IPV6_DST, Value.ipv6(0xfd99000000000000L, 2)),
            toTunnel));
    flows.add(
        Flow.of(
            0,
            500,
            OURS,
            Match.ANY.inPort(TUNNEL).tunnelId(16777215 - 5001).ethDst(MAC),
            new Action.Output(Port.LOCAL)));
    flows.add(Flow.of(0, 499, OURS, Match.ANY.inPort(TUNNEL)));
    flows.add(
        Flow.of(
            0,
            150,
            OURS,
            Match.ANY.vlan(7).ethDst(MAC),
            new Action.PopVlan(),
            new Action.PushVlan(0x8100),
            set(Field.VLAN_VID, Value.u16(0x1000 | 100)),
            toTunnel));
    flows.add(Flow.of(0, 149, OURS, Match.ANY.untagged(), new Action.Output(Port.FLOOD)));
    flows.add(
        Flow.of(
            2,
            148,
            OURS,
            Match.ANY
                .tagged()
                .with(Field.ETH_DST, Value.mac(0x010000000000L), Value.mac(0x010000000000L)),
            new Action.Output(Port.ALL)));
    flows.add(arpAnswer(0x0a000007, MAC));
    flows.addAll(ndAnswer(Value.ipv6(0xfd00000000000000L, 7), MAC));
    return List.copyOf(flows);
  }
}
