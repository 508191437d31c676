package io.vxland.netlink4j.codec;

import io.vxland.netlink4j.model.InterfaceAddress;
import io.vxland.netlink4j.model.IpAddress;
import io.vxland.netlink4j.model.IpPrefix;
import io.vxland.netlink4j.model.NetlinkException;

/** Addresses of links: {@code struct ifaddrmsg} and {@code IFA_*}. */
public final class AddressCodec {
  private static final int HEADER = 8;
  private static final int IFA_ADDRESS = 1;
  private static final int IFA_LOCAL = 2;
  private static final int IFA_LABEL = 3;
  private static final int IFA_BROADCAST = 4;
  private static final int IFA_CACHEINFO = 6;
  private static final int IFA_FLAGS = 8;
  private static final int IFA_PROTO = 11;
  private static final int CACHEINFO_BYTES = 16;

  private AddressCodec() {}

  static void write(MessageWriter to, InterfaceAddress address) {
    IpAddress own = address.address().address();
    header(to, address);
    to.attribute(IFA_LOCAL, own);
    to.attribute(IFA_ADDRESS, address.peer() == null ? own : address.peer());
    if (address.broadcast() != null) {
      to.attribute(IFA_BROADCAST, address.broadcast());
    }
    if (!address.label().isEmpty()) {
      to.attributeString(IFA_LABEL, address.label());
    }
    if (address.validSeconds() != InterfaceAddress.FOREVER
        || address.preferredSeconds() != InterfaceAddress.FOREVER) {
      int lifetimes = to.plainNest(IFA_CACHEINFO);
      to.u32((int) address.preferredSeconds());
      to.u32((int) address.validSeconds());
      to.u32(0);
      to.u32(0);
      to.endNest(lifetimes);
    }
    if (address.flags() > 0xff) {
      to.attributeU32(IFA_FLAGS, address.flags());
    }
    if (address.protocol() != 0) {
      to.attributeU8(IFA_PROTO, address.protocol());
    }
  }

  private static void header(MessageWriter to, InterfaceAddress address) {
    to.u8(Families.of(address.address().address()));
    to.u8(address.address().length());
    to.u8(address.flags() > 0xff ? 0 : address.flags());
    to.u8(address.scope());
    to.u32(address.ifindex());
  }

  /** Writes the body of {@code RTM_GETADDR}; 0 is all links. */
  public static void writeDump(MessageWriter to, int ifindex) {
    to.u32(Rtm.AF_UNSPEC);
    to.u32(ifindex);
  }

  /** Reads an address; null for one of a family that has no IP addresses. */
  public static InterfaceAddress read(MessageReader message) throws NetlinkException {
    int at = message.fixed(HEADER, "address");
    byte[] bytes = message.array();
    if (!Families.isIp(Wire.u8(bytes, at))) {
      return null;
    }
    IpAddress local = null;
    IpAddress address = null;
    IpAddress broadcast = null;
    String label = "";
    int flags = Wire.u8(bytes, at + 2);
    long preferred = InterfaceAddress.FOREVER;
    long valid = InterfaceAddress.FOREVER;
    int protocol = 0;
    Attributes attributes = new Attributes();
    attributes.reset(message, HEADER, "address");
    while (attributes.next()) {
      switch (attributes.type()) {
        case IFA_LOCAL -> local = attributes.ip();
        case IFA_ADDRESS -> address = attributes.ip();
        case IFA_BROADCAST -> broadcast = attributes.ip();
        case IFA_LABEL -> label = attributes.string();
        case IFA_FLAGS -> flags = attributes.s32();
        case IFA_PROTO -> protocol = attributes.u8();
        case IFA_CACHEINFO -> {
          if (attributes.length() < CACHEINFO_BYTES) {
            throw attributes.malformed("lifetimes of " + attributes.length() + " bytes");
          }
          preferred = Wire.s32(bytes, attributes.payload()) & 0xffffffffL;
          valid = Wire.s32(bytes, attributes.payload() + 4) & 0xffffffffL;
        }
        default -> {}
      }
    }
    // IFA_ADDRESS is the other end where there are two, as on point-to-point links.
    IpAddress own = local == null ? address : local;
    if (own == null) {
      throw MessageReader.malformed("address", at, "it has no address");
    }
    boolean pointToPoint = address != null && !address.equals(own);
    try {
      return new InterfaceAddress(
          Wire.s32(bytes, at + 4),
          new IpPrefix(own, Wire.u8(bytes, at + 1)),
          pointToPoint ? address : null,
          broadcast,
          label,
          Wire.u8(bytes, at + 3),
          flags,
          preferred,
          valid,
          protocol);
    } catch (IllegalArgumentException e) {
      throw MessageReader.malformed("address", at, e.getMessage());
    }
  }
}
