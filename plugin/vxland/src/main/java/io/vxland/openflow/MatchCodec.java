package io.vxland.openflow;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Matches on the wire (OpenFlow 1.4, 7.2.2): type, length without padding, fields, padding. */
final class MatchCodec {
  private static final int OXM_TYPE = 1;
  private static final int HEADER_BYTES = 4;

  /** That of Open vSwitch; prerequisites must come before what needs them. */
  private static final List<Field> ORDER =
      List.of(
          Field.IN_PORT,
          Field.ETH_SRC,
          Field.ETH_DST,
          Field.ETH_TYPE,
          Field.VLAN_VID,
          Field.IPV4_SRC,
          Field.IPV4_DST,
          Field.IPV6_SRC,
          Field.IPV6_DST,
          Field.IP_PROTO,
          Field.UDP_SRC,
          Field.ICMPV6_TYPE,
          Field.ICMPV6_CODE,
          Field.ND_TARGET,
          Field.ND_SLL,
          Field.ND_TLL,
          Field.ARP_OP,
          Field.ARP_SPA,
          Field.ARP_TPA,
          Field.ARP_SHA,
          Field.ARP_THA,
          Field.TUNNEL_ID,
          Field.TUN_IPV4_SRC,
          Field.TUN_IPV4_DST,
          Field.TUN_IPV6_SRC,
          Field.TUN_IPV6_DST,
          Field.REG0);

  private MatchCodec() {}

  static void write(WireWriter out, Match match) {
    int start = out.length();
    out.u16(OXM_TYPE);
    out.u16(0);
    for (Field field : ORDER) {
      Match.Bits bits = match.fields().get(field);
      if (bits != null) {
        write(out, field, bits);
      }
    }
    out.length(start + 2, start);
    out.pad(start);
  }

  private static void write(WireWriter out, Field field, Match.Bits bits) {
    if (bits.isExact()) {
      out.u32(Oxm.exact(field.header(), field.bytes()));
      out.value(bits.value());
    } else {
      out.u32(Oxm.masked(field.header(), field.bytes()));
      out.value(bits.value());
      out.value(bits.mask());
    }
  }

  /**
   * Takes a match.
   *
   * @return empty if this library could not have made it
   * @throws MalformedException if it is none at all
   */
  static Optional<Match> read(WireReader in) throws MalformedException {
    int type = in.u16();
    int length = in.u16();
    if (type != OXM_TYPE || length < HEADER_BYTES) {
      throw new MalformedException("match of type " + type + " and length " + length);
    }
    WireReader fields = in.part(length - HEADER_BYTES);
    in.skip(-length & 7);
    Map<Field, Match.Bits> known = new EnumMap<>(Field.class);
    boolean foreign = false;
    while (fields.left() > 0) {
      int header = fields.u32();
      WireReader content = fields.part(Oxm.length(header));
      Field field = Field.of(header).orElse(null);
      if (field == null || !read(field, header, content, known)) {
        foreign = true;
      }
    }
    if (foreign) {
      return Optional.empty();
    }
    try {
      return Optional.of(new Match(known));
    } catch (IllegalArgumentException notOfOurs) {
      return Optional.empty();
    }
  }

  private static boolean read(
      Field field, int header, WireReader content, Map<Field, Match.Bits> known)
      throws MalformedException {
    int bytes = field.bytes();
    int expected = Oxm.isMasked(header) ? 2 * bytes : bytes;
    if (content.left() != expected) {
      throw new MalformedException(
          field.setName() + " of " + content.left() + " bytes instead of " + expected);
    }
    Value value = content.value(bytes);
    Value mask = Oxm.isMasked(header) ? content.value(bytes) : Value.ones(bytes);
    if (mask.isZero() || !value.within(mask)) {
      return false;
    }
    return known.put(field, new Match.Bits(value, mask)) == null;
  }
}
