package io.vxland.openflow;

import java.util.List;

/** Flows of every kind that vxland makes, and a few more. */
final class Flows {
  static final long OURS = 0x7678000000000001L;
  static final long MAC_1 = 0x525400000001L;
  static final long MAC_7 = 0x525400000007L;
  static final Value TEN_7 = Value.ipv4(0x0a000007);
  static final Value FD00_7 = Value.ipv6(0xfd00000000000000L, 7);
  static final Port VX = new Port(1);
  static final Action TO_VX = new Action.Output(VX);
  static final Action BACK = new Action.Output(Port.IN_PORT);
  static final Action NORMAL = new Action.Output(Port.NORMAL);

  private Flows() {}

  static Action set(Field field, Value value) {
    return new Action.SetField(field, value);
  }

  static Action move(Field from, Field to) {
    return new Action.Move(from, to);
  }

  static Flow knownMac() {
    return Flow.of(0, 200, OURS, Match.ANY.ethDst(MAC_1), TO_VX);
  }

  /** A switch's answer to who has 10.0.0.7. */
  static Flow arpAnswer() {
    return Flow.of(
        0,
        300,
        1,
        Match.ANY.ethType(EthType.ARP).with(Field.ARP_TPA, TEN_7).with(Field.ARP_OP, Value.u16(1)),
        move(Field.ETH_SRC, Field.ETH_DST),
        set(Field.ETH_SRC, Value.mac(MAC_7)),
        new Action.Load(Field.ARP_OP, Value.u16(2)),
        move(Field.ARP_SHA, Field.ARP_THA),
        move(Field.ARP_SPA, Field.ARP_TPA),
        set(Field.ARP_SHA, Value.mac(MAC_7)),
        set(Field.ARP_SPA, TEN_7),
        BACK);
  }

  static Match nd(int type) {
    return Match.ANY
        .ethType(EthType.IPV6)
        .with(Field.IP_PROTO, Value.u8(58))
        .with(Field.ICMPV6_TYPE, Value.u8(type))
        .with(Field.ICMPV6_CODE, Value.u8(0))
        .with(Field.ND_TARGET, FD00_7);
  }

  /** Both halves of a switch's answer to who has fd00::7: in table 0 and 1. */
  static List<Flow> ndAnswer() {
    return List.of(
        Flow.of(
            0,
            301,
            1,
            nd(135),
            set(Field.ICMPV6_TYPE, Value.u8(136)),
            set(Field.ICMPV6_CODE, Value.u8(0)),
            set(Field.ND_OPTIONS_TYPE, Value.u8(2)),
            new Action.Resubmit(1)),
        Flow.of(
            1,
            301,
            1,
            nd(136),
            set(Field.ND_RESERVED, Value.u32(0x60000000)),
            move(Field.ETH_SRC, Field.ETH_DST),
            set(Field.ETH_SRC, Value.mac(MAC_7)),
            move(Field.IPV6_SRC, Field.IPV6_DST),
            set(Field.IPV6_SRC, FD00_7),
            set(Field.ND_TLL, Value.mac(MAC_7)),
            BACK));
  }
}
