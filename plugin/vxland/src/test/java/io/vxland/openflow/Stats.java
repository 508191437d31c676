package io.vxland.openflow;

import java.time.Duration;
import java.util.HexFormat;

/** Entries of flow statistics, made of the bytes of flow mods: both hold match and instructions. */
final class Stats {
  private static final int FLOW_MOD_BEFORE_MATCH = 48;
  private static final int ENTRY_BEFORE_MATCH = 48;

  /** Two seconds and three nanoseconds. */
  static final Duration AGE = Duration.ofSeconds(2, 3);

  private Stats() {}

  /** One entry with 3 packets, 180 bytes and that age. */
  static WireReader of(int table, String flowMod) throws MalformedException {
    WireReader in = new WireReader(HexFormat.of().parseHex(flowMod));
    in.skip(8);
    final long cookie = in.u64();
    in.skip(8 + 2);
    final int idle = in.u16();
    final int hard = in.u16();
    final int priority = in.u16();
    byte[] rest = rest(flowMod);
    WireWriter out = new WireWriter();
    out.u16(ENTRY_BEFORE_MATCH + rest.length);
    out.u8(table);
    out.zeros(1);
    out.u32(2);
    out.u32(3);
    out.u16(priority);
    out.u16(idle);
    out.u16(hard);
    out.zeros(2 + 2 + 2);
    out.u64(cookie);
    out.u64(3);
    out.u64(180);
    out.bytes(rest);
    return new WireReader(out.toBytes());
  }

  static WireReader match(String flowMod) {
    return new WireReader(rest(flowMod));
  }

  private static byte[] rest(String flowMod) {
    return HexFormat.of().parseHex(flowMod.substring(2 * FLOW_MOD_BEFORE_MATCH));
  }
}
