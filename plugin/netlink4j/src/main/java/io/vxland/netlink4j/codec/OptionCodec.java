package io.vxland.netlink4j.codec;

import io.vxland.netlink4j.model.IpAddress;
import io.vxland.netlink4j.model.LinkAddress;
import io.vxland.netlink4j.model.NetlinkException;
import io.vxland.netlink4j.model.Option;
import io.vxland.netlink4j.model.Options;
import io.vxland.netlink4j.model.PortRange;
import java.util.List;
import java.util.Map;

/** Options by their tables: one row is one attribute, to write and to read. */
final class OptionCodec {
  private OptionCodec() {}

  static <K> void write(MessageWriter to, Options<K> options) {
    for (Map.Entry<Option<K, ?>, Object> entry : options.asMap().entrySet()) {
      write(to, entry.getKey(), entry.getValue());
    }
  }

  private static void write(MessageWriter to, Option<?, ?> option, Object value) {
    int type = option.type();
    switch (option.form()) {
      case BOOL -> to.attributeU8(type, (Boolean) value ? 1 : 0);
      case FLAG -> {
        if ((Boolean) value) {
          to.attribute(type);
        }
      }
      case U8 -> to.attributeU8(type, (Integer) value);
      case U16 -> to.attributeU16(type, (Integer) value);
      case U16_BE -> to.attributeU16be(type, (Integer) value);
      case U31 -> to.attributeU32(type, (Integer) value);
      case U32 -> to.attributeU32(type, ((Long) value).intValue());
      case U31_BE -> to.attributeU32be(type, (Integer) value);
      case U64 -> to.attributeU64(type, (Long) value);
      case IPV4, IPV6 -> to.attribute(type, (IpAddress) value);
      case MAC -> to.attribute(type, (LinkAddress) value);
      case PORT_RANGE -> {
        PortRange range = (PortRange) value;
        to.attribute(
            type,
            new byte[] {
              (byte) (range.low() >> 8),
              (byte) range.low(),
              (byte) (range.high() >> 8),
              (byte) range.high()
            });
      }
    }
  }

  /** Reads all that the table knows; passes over the rest. */
  static <K> Options<K> read(Attributes from, List<Option<K, ?>> table) throws NetlinkException {
    Options<K> options = Options.none();
    while (from.next()) {
      for (Option<K, ?> option : table) {
        if (option.type() == from.type()) {
          options = add(options, option, from);
        }
      }
    }
    return options;
  }

  private static <K> Options<K> add(Options<K> options, Option<K, ?> option, Attributes from)
      throws NetlinkException {
    Object value = value(option, from);
    try {
      return options.withChecked(option, value);
    } catch (IllegalArgumentException e) {
      throw from.malformed(e.getMessage());
    }
  }

  private static Object value(Option<?, ?> option, Attributes from) throws NetlinkException {
    return switch (option.form()) {
      case BOOL -> from.u8() != 0;
      // Newer kernels report some flags as a byte.
      case FLAG -> from.length() == 0 || from.u8() != 0;
      case U8 -> from.u8();
      case U16 -> from.u16();
      case U16_BE -> from.u16be();
      case U31 -> from.u31();
      case U32 -> from.u32();
      case U31_BE -> from.s32be();
      case U64 -> from.s64();
      case IPV4, IPV6 -> from.ip();
      case MAC -> from.linkAddress();
      case PORT_RANGE -> portRange(from);
    };
  }

  private static PortRange portRange(Attributes from) throws NetlinkException {
    int both = from.s32be();
    int low = both >>> 16;
    int high = both & 0xffff;
    if (low > high) {
      throw from.malformed("port range " + low + "-" + high);
    }
    return new PortRange(low, high);
  }
}
