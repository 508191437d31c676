package io.vxland.netlink4j.codec;

import io.vxland.netlink4j.model.FdbEntry;
import io.vxland.netlink4j.model.IpAddress;
import io.vxland.netlink4j.model.LinkAddress;
import io.vxland.netlink4j.model.Neighbour;
import io.vxland.netlink4j.model.NetlinkException;

/**
 * Neighbours and FDB entries: {@code struct ndmsg} and {@code NDA_*}. A reader may be used for a
 * whole dump; it gives the last VTEP's address again where it is the same.
 */
public final class NeighbourCodec {
  private static final int HEADER = 12;
  private static final int NDA_DST = 1;
  private static final int NDA_LLADDR = 2;
  private static final int NDA_VLAN = 5;
  private static final int NDA_PORT = 6;
  private static final int NDA_VNI = 7;
  private static final int NDA_IFINDEX = 8;
  private static final int NDA_MASTER = 9;
  private static final int NDA_SRC_VNI = 11;
  private static final int NDA_PROTOCOL = 12;
  private static final LinkAddress NO_ADDRESS = LinkAddress.of(new byte[0]);

  private final Attributes attributes = new Attributes();
  private IpAddress lastDst;

  /** Writes the body of an FDB message. */
  static void write(MessageWriter to, FdbEntry entry) {
    header(to, Rtm.AF_BRIDGE, entry.ifindex(), entry.state(), entry.flags());
    to.attribute(NDA_LLADDR, entry.mac());
    if (entry.dst() != null) {
      to.attribute(NDA_DST, entry.dst());
    }
    if (entry.vlan() != 0) {
      to.attributeU16(NDA_VLAN, entry.vlan());
    }
    if (entry.port() != 0) {
      to.attributeU16be(NDA_PORT, entry.port());
    }
    if (entry.vni() != 0) {
      to.attributeU32(NDA_VNI, entry.vni());
    }
    if (entry.srcVni() != 0) {
      to.attributeU32(NDA_SRC_VNI, entry.srcVni());
    }
    if (entry.via() != 0) {
      to.attributeU32(NDA_IFINDEX, entry.via());
    }
  }

  /** Writes the body of a neighbour message. */
  static void write(MessageWriter to, Neighbour neighbour) {
    header(
        to,
        Families.of(neighbour.address()),
        neighbour.ifindex(),
        neighbour.state(),
        neighbour.flags());
    to.attribute(NDA_DST, neighbour.address());
    if (neighbour.linkAddress() != null) {
      to.attribute(NDA_LLADDR, neighbour.linkAddress());
    }
    if (neighbour.protocol() != 0) {
      to.attributeU8(NDA_PROTOCOL, neighbour.protocol());
    }
  }

  /**
   * Writes the body of {@code RTM_GETNEIGH} for the neighbours of a family.
   *
   * @param ifindex only this device's; 0 for all
   */
  public static void writeNeighbourDump(MessageWriter to, int family, int ifindex) {
    header(to, family, 0, 0, 0);
    if (ifindex != 0) {
      to.attributeU32(NDA_IFINDEX, ifindex);
    }
  }

  /**
   * Writes the body of {@code RTM_GETNEIGH} for FDB entries.
   *
   * @param ifindex only this device's; 0 for all
   */
  public static void writeFdbDump(MessageWriter to, int ifindex) {
    header(to, Rtm.AF_BRIDGE, ifindex, 0, 0);
  }

  /** Writes the body of {@code RTM_GETNEIGH} for one FDB entry of a device or of its bridge. */
  public static void writeFdbGet(MessageWriter to, int ifindex, LinkAddress mac, int flags) {
    header(to, Rtm.AF_BRIDGE, ifindex, 0, flags);
    to.attribute(NDA_LLADDR, mac);
  }

  /** Writes the body of {@code RTM_GETNEIGH} for one neighbour. */
  public static void writeNeighbourGet(MessageWriter to, int ifindex, IpAddress address) {
    header(to, Families.of(address), ifindex, 0, 0);
    to.attribute(NDA_DST, address);
  }

  private static void header(MessageWriter to, int family, int ifindex, int state, int flags) {
    to.u8(family);
    to.u8(0);
    to.u16(0);
    to.u32(ifindex);
    to.u16(state);
    to.u8(flags);
    to.u8(0);
  }

  /** Whether a message is an FDB entry and not a neighbour. */
  public static boolean isFdb(MessageReader message) throws NetlinkException {
    return Wire.u8(message.array(), message.fixed(HEADER, "neighbour")) == Rtm.AF_BRIDGE;
  }

  /** Reads an FDB entry. */
  public FdbEntry readFdb(MessageReader message) throws NetlinkException {
    int at = message.fixed(HEADER, "FDB entry");
    byte[] bytes = message.array();
    LinkAddress mac = NO_ADDRESS;
    IpAddress dst = null;
    int vni = 0;
    int srcVni = 0;
    int port = 0;
    int via = 0;
    int vlan = 0;
    int master = 0;
    attributes.reset(message, HEADER, "FDB entry");
    while (attributes.next()) {
      switch (attributes.type()) {
        case NDA_LLADDR -> mac = attributes.linkAddress();
        case NDA_DST -> {
          dst = attributes.ip(lastDst);
          lastDst = dst;
        }
        case NDA_VNI -> vni = attributes.s32();
        case NDA_SRC_VNI -> srcVni = attributes.s32();
        case NDA_PORT -> port = attributes.u16be();
        case NDA_IFINDEX -> via = attributes.s32();
        case NDA_VLAN -> vlan = attributes.u16();
        case NDA_MASTER -> master = attributes.s32();
        default -> {}
      }
    }
    try {
      return new FdbEntry(
          Wire.s32(bytes, at + 4),
          mac,
          dst,
          vni,
          srcVni,
          port,
          via,
          vlan,
          Wire.u16(bytes, at + 8),
          Wire.u8(bytes, at + 10),
          master);
    } catch (IllegalArgumentException e) {
      throw MessageReader.malformed("FDB entry", at, e.getMessage());
    }
  }

  /** Reads a neighbour; null for one of a family that has no IP addresses. */
  public Neighbour readNeighbour(MessageReader message) throws NetlinkException {
    int at = message.fixed(HEADER, "neighbour");
    byte[] bytes = message.array();
    if (!Families.isIp(Wire.u8(bytes, at))) {
      return null;
    }
    IpAddress address = null;
    LinkAddress linkAddress = null;
    int protocol = 0;
    attributes.reset(message, HEADER, "neighbour");
    while (attributes.next()) {
      switch (attributes.type()) {
        case NDA_DST -> address = attributes.ip();
        case NDA_LLADDR -> linkAddress = attributes.linkAddress();
        case NDA_PROTOCOL -> protocol = attributes.u8();
        default -> {}
      }
    }
    if (address == null) {
      throw MessageReader.malformed("neighbour", at, "it has no address");
    }
    try {
      return new Neighbour(
          Wire.s32(bytes, at + 4),
          address,
          linkAddress,
          Wire.u16(bytes, at + 8),
          Wire.u8(bytes, at + 10),
          protocol);
    } catch (IllegalArgumentException e) {
      throw MessageReader.malformed("neighbour", at, e.getMessage());
    }
  }
}
