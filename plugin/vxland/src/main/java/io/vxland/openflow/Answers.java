package io.vxland.openflow;

import java.util.List;

/** Flows by which the switch itself answers who has an address, on the port of the question. */
public final class Answers {
  private static final int REQUEST = 1;
  private static final int REPLY = 2;
  private static final int ICMPV6 = 58;
  private static final int SOLICITATION = 135;
  private static final int ADVERTISEMENT = 136;
  private static final int TARGET_LINK_LAYER_ADDRESS = 2;

  /** RFC 4861, 4.4: the S and O flags. */
  private static final int SOLICITED_AND_OVERRIDE = 0x60000000;

  private static final Action BACK = new Action.Output(Port.IN_PORT);

  private Answers() {}

  /**
   * Answers ARP requests for an IPv4 address (RFC 826).
   *
   * @param where which packets beside, such as of a VLAN; without an Ethernet type
   * @param table 0 to 254
   * @param priority 0 to 65535
   * @param address its first byte the highest
   * @param mac who has it, the first byte the highest of six
   */
  public static Flow arp(Match where, int table, int priority, long cookie, int address, long mac) {
    Match request =
        where
            .ethType(EthType.ARP)
            .with(Field.ARP_OP, Value.u16(REQUEST))
            .with(Field.ARP_TPA, Value.ipv4(address));
    return Flow.of(
        table,
        priority,
        cookie,
        request,
        new Action.Move(Field.ETH_SRC, Field.ETH_DST),
        new Action.SetField(Field.ETH_SRC, Value.mac(mac)),
        new Action.Load(Field.ARP_OP, Value.u16(REPLY)),
        new Action.Move(Field.ARP_SHA, Field.ARP_THA),
        new Action.Move(Field.ARP_SPA, Field.ARP_TPA),
        new Action.SetField(Field.ARP_SHA, Value.mac(mac)),
        new Action.SetField(Field.ARP_SPA, Value.ipv4(address)),
        BACK);
  }

  /**
   * Answers neighbour solicitations for an IPv6 address (RFC 4861). Two flows: Open vSwitch lets
   * what only an advertisement has be set only where one is matched, so the first makes one of the
   * question and looks it up in a second table. Needs Open vSwitch 2.11 or newer. The probe of a
   * host for its own new address (RFC 4862), which comes from {@code ::}, is answered to {@code
   * ::}, which no host takes.
   *
   * @param where which packets beside, such as of a VLAN; without an Ethernet type
   * @param table 0 to 254
   * @param second the table of the second flow, another one, where nothing else should be
   * @param priority 0 to 65535
   * @param address 16 bytes
   * @param mac who has it, the first byte the highest of six
   */
  public static List<Flow> neighbourAdvertisement(
      Match where, int table, int second, int priority, long cookie, Value address, long mac) {
    if (second == table) {
      throw new IllegalArgumentException("the second table must be another than " + table);
    }
    return List.of(
        Flow.of(
            table,
            priority,
            cookie,
            nd(where, SOLICITATION, address),
            new Action.SetField(Field.ICMPV6_TYPE, Value.u8(ADVERTISEMENT)),
            new Action.SetField(Field.ND_OPTIONS_TYPE, Value.u8(TARGET_LINK_LAYER_ADDRESS)),
            new Action.Resubmit(second)),
        Flow.of(
            second,
            priority,
            cookie,
            nd(where, ADVERTISEMENT, address),
            new Action.SetField(Field.ND_RESERVED, Value.u32(SOLICITED_AND_OVERRIDE)),
            new Action.Move(Field.ETH_SRC, Field.ETH_DST),
            new Action.SetField(Field.ETH_SRC, Value.mac(mac)),
            new Action.Move(Field.IPV6_SRC, Field.IPV6_DST),
            new Action.SetField(Field.IPV6_SRC, address),
            new Action.SetField(Field.ND_TLL, Value.mac(mac)),
            BACK));
  }

  private static Match nd(Match where, int type, Value target) {
    return where
        .ethType(EthType.IPV6)
        .with(Field.IP_PROTO, Value.u8(ICMPV6))
        .with(Field.ICMPV6_TYPE, Value.u8(type))
        .with(Field.ICMPV6_CODE, Value.u8(0))
        .with(Field.ND_TARGET, target);
  }
}
