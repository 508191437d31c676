package io.vxland.netlink4j.codec;

import io.vxland.netlink4j.model.AddrGenMode;
import io.vxland.netlink4j.model.Bridge;
import io.vxland.netlink4j.model.BridgePort;
import io.vxland.netlink4j.model.BridgePortSpec;
import io.vxland.netlink4j.model.Link;
import io.vxland.netlink4j.model.LinkAddress;
import io.vxland.netlink4j.model.LinkDetails;
import io.vxland.netlink4j.model.LinkSpec;
import io.vxland.netlink4j.model.LinkStatistics;
import io.vxland.netlink4j.model.Macvlan;
import io.vxland.netlink4j.model.NetlinkException;
import io.vxland.netlink4j.model.Options;
import io.vxland.netlink4j.model.OtherKind;
import io.vxland.netlink4j.model.Tun;
import io.vxland.netlink4j.model.Veth;
import io.vxland.netlink4j.model.Vxlan;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Links: {@code struct ifinfomsg} and {@code IFLA_*}. */
public final class LinkCodec {
  private static final int HEADER = 16;
  private static final int IFLA_ADDRESS = 1;
  private static final int IFLA_IFNAME = 3;
  private static final int IFLA_MTU = 4;
  private static final int IFLA_LINK = 5;
  private static final int IFLA_MASTER = 10;
  private static final int IFLA_PROTINFO = 12;
  private static final int IFLA_TXQLEN = 13;
  private static final int IFLA_OPERSTATE = 16;
  private static final int IFLA_LINKINFO = 18;
  private static final int IFLA_NET_NS_PID = 19;
  private static final int IFLA_IFALIAS = 20;
  private static final int IFLA_STATS64 = 23;
  private static final int STATS64_BYTES = 8 * Long.BYTES;
  private static final int IFLA_AF_SPEC = 26;
  private static final int IFLA_NET_NS_FD = 28;
  private static final int IFLA_EXT_MASK = 29;
  private static final int IFLA_LINK_NETNSID = 37;
  private static final int INFO_KIND = 1;
  private static final int INFO_DATA = 2;
  private static final int INFO_SLAVE_KIND = 4;
  private static final int INFO_SLAVE_DATA = 5;
  private static final int VETH_INFO_PEER = 1;
  private static final int INET6_ADDR_GEN_MODE = 8;
  private static final int RTEXT_FILTER_SKIP_STATS = 8;
  private static final LinkAddress NO_ADDRESS = LinkAddress.of(new byte[0]);

  private LinkCodec() {}

  /** Writes the body of {@code RTM_NEWLINK} or {@code RTM_DELLINK}. */
  static void write(MessageWriter to, LinkSpec link, boolean delete) {
    header(to, Rtm.AF_UNSPEC, link);
    if (!link.name().isEmpty()) {
      to.attributeString(IFLA_IFNAME, link.name());
    }
    if (!delete) {
      attributes(to, link);
    }
  }

  /** Writes the body of {@code RTM_SETLINK} of family AF_BRIDGE. */
  static void write(MessageWriter to, BridgePortSpec spec) {
    header(to, Rtm.AF_BRIDGE, LinkSpec.index(spec.ifindex()));
    int nest = to.nest(IFLA_PROTINFO);
    OptionCodec.write(to, spec.port().options());
    to.endNest(nest);
  }

  /** Writes the body of {@code RTM_GETLINK} for all links, or for one by its index. */
  public static void writeGet(MessageWriter to, int index) {
    header(to, index);
    to.attributeU32(IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
  }

  /** Writes the body of {@code RTM_GETLINK} for one link by its name. */
  public static void writeGet(MessageWriter to, String name) {
    writeGet(to, 0);
    to.attributeString(IFLA_IFNAME, name);
  }

  /** Writes the body of {@code RTM_GETLINK} for one link by its name, with what it counted. */
  public static void writeGetStatistics(MessageWriter to, String name) {
    header(to, 0);
    to.attributeString(IFLA_IFNAME, name);
  }

  private static void header(MessageWriter to, int index) {
    to.u32(Rtm.AF_UNSPEC);
    to.u32(index);
    to.u32(0);
    to.u32(0);
  }

  private static void header(MessageWriter to, int family, LinkSpec link) {
    to.u8(family);
    to.u8(0);
    to.u16(0);
    to.u32(link.index());
    to.u32(link.up().orElse(false) ? Link.UP : 0);
    to.u32(link.up().isPresent() ? Link.UP : 0);
  }

  private static void attributes(MessageWriter to, LinkSpec link) {
    link.address().ifPresent(address -> to.attribute(IFLA_ADDRESS, address));
    link.mtu().ifPresent(mtu -> to.attributeU32(IFLA_MTU, mtu));
    link.link().ifPresent(index -> to.attributeU32(IFLA_LINK, index));
    link.master().ifPresent(index -> to.attributeU32(IFLA_MASTER, index));
    link.txQueueLength().ifPresent(packets -> to.attributeU32(IFLA_TXQLEN, packets));
    link.alias()
        .ifPresent(text -> to.attribute(IFLA_IFALIAS, text.getBytes(StandardCharsets.UTF_8)));
    link.netnsFd().ifPresent(fd -> to.attributeU32(IFLA_NET_NS_FD, fd));
    link.netnsPid().ifPresent(pid -> to.attributeU32(IFLA_NET_NS_PID, pid));
    link.addrGenMode().ifPresent(mode -> addrGenMode(to, mode));
    link.details().ifPresent(details -> linkInfo(to, details));
  }

  private static void addrGenMode(MessageWriter to, AddrGenMode mode) {
    int spec = to.nest(IFLA_AF_SPEC);
    int inet6 = to.nest(Rtm.AF_INET6);
    to.attributeU8(INET6_ADDR_GEN_MODE, mode.number());
    to.endNest(inet6);
    to.endNest(spec);
  }

  private static void linkInfo(MessageWriter to, LinkDetails details) {
    int info = to.nest(IFLA_LINKINFO);
    to.attribute(INFO_KIND, details.kind().getBytes(StandardCharsets.UTF_8));
    if (details instanceof Vxlan vxlan) {
      data(to, vxlan.options());
    } else if (details instanceof Bridge bridge) {
      data(to, bridge.options());
    } else if (details instanceof Macvlan macvlan) {
      data(to, macvlan.options());
    } else if (details instanceof Tun tun) {
      data(to, tun.options());
    } else if (details instanceof Veth veth && veth.peer().isPresent()) {
      int data = to.nest(INFO_DATA);
      int peer = to.nest(VETH_INFO_PEER);
      write(to, veth.peer().get(), false);
      to.endNest(peer);
      to.endNest(data);
    }
    to.endNest(info);
  }

  private static void data(MessageWriter to, Options<?> options) {
    if (!options.asMap().isEmpty()) {
      int data = to.nest(INFO_DATA);
      OptionCodec.write(to, options);
      to.endNest(data);
    }
  }

  /** Whether a message is of a link, and not of a bridge's view of one (AF_BRIDGE). */
  public static boolean isLink(MessageReader message) throws NetlinkException {
    return Wire.u8(message.array(), message.fixed(HEADER, "link")) == Rtm.AF_UNSPEC;
  }

  /** Reads {@code RTM_NEWLINK} or {@code RTM_DELLINK}. */
  public static Link read(MessageReader message) throws NetlinkException {
    int at = message.fixed(HEADER, "link");
    byte[] bytes = message.array();
    LinkParts parts = new LinkParts();
    Attributes attributes = new Attributes();
    attributes.reset(message, HEADER, "link");
    while (attributes.next()) {
      attribute(parts, attributes);
    }
    return parts.link(Wire.s32(bytes, at + 4), Wire.u16(bytes, at + 2), Wire.s32(bytes, at + 8));
  }

  /**
   * Reads what the link counted out of {@code RTM_NEWLINK}.
   *
   * @throws NetlinkException if the kernel did not say
   */
  public static LinkStatistics readStatistics(MessageReader message) throws NetlinkException {
    Attributes attributes = new Attributes();
    attributes.reset(message, HEADER, "link");
    while (attributes.next()) {
      if (attributes.type() == IFLA_STATS64) {
        return statistics(attributes);
      }
    }
    throw attributes.malformed("no statistics");
  }

  private static LinkStatistics statistics(Attributes from) throws NetlinkException {
    byte[] bytes = from.bytes();
    if (bytes.length < STATS64_BYTES) {
      throw from.malformed("statistics of " + bytes.length + " bytes");
    }
    return new LinkStatistics(
        Wire.s64(bytes, 0),
        Wire.s64(bytes, 8),
        Wire.s64(bytes, 16),
        Wire.s64(bytes, 24),
        Wire.s64(bytes, 32),
        Wire.s64(bytes, 40),
        Wire.s64(bytes, 48),
        Wire.s64(bytes, 56));
  }

  private static void attribute(LinkParts parts, Attributes from) throws NetlinkException {
    switch (from.type()) {
      case IFLA_ADDRESS -> parts.address = from.linkAddress();
      case IFLA_IFNAME -> parts.name = from.string();
      case IFLA_MTU -> parts.mtu = from.s32();
      case IFLA_LINK -> parts.link = from.s32();
      case IFLA_MASTER -> parts.master = from.s32();
      case IFLA_TXQLEN -> parts.txQueueLength = from.s32();
      case IFLA_OPERSTATE -> parts.operState = from.u8();
      case IFLA_IFALIAS -> parts.alias = from.string();
      case IFLA_LINK_NETNSID -> parts.linkNetnsId = from.s32();
      case IFLA_AF_SPEC -> parts.addrGenMode = addrGenMode(from.nested("link's families"));
      case IFLA_LINKINFO -> linkInfo(parts, from.nested("link's kind"));
      default -> {}
    }
  }

  private static Optional<AddrGenMode> addrGenMode(Attributes families) throws NetlinkException {
    Optional<AddrGenMode> mode = Optional.empty();
    while (families.next()) {
      if (families.type() == Rtm.AF_INET6) {
        Attributes inet6 = families.nested("link's IPv6");
        while (inet6.next()) {
          if (inet6.type() == INET6_ADDR_GEN_MODE) {
            mode = AddrGenMode.of(inet6.u8());
          }
        }
      }
    }
    return mode;
  }

  /** The kind stands before its data, but nothing promises that. */
  private static void linkInfo(LinkParts parts, Attributes info) throws NetlinkException {
    String kind = "";
    Attributes data = null;
    Attributes slaveData = null;
    while (info.next()) {
      switch (info.type()) {
        case INFO_KIND -> kind = info.string();
        case INFO_DATA -> data = info.nested(kind);
        case INFO_SLAVE_KIND -> parts.slaveKind = info.string();
        case INFO_SLAVE_DATA -> slaveData = info.nested("bridge port");
        default -> {}
      }
    }
    parts.details = details(kind, data == null ? new Attributes() : data);
    if (parts.slaveKind.equals("bridge")) {
      Attributes port = slaveData == null ? new Attributes() : slaveData;
      parts.bridgePort = Optional.of(new BridgePort(OptionCodec.read(port, BridgePort.ALL)));
    }
  }

  private static LinkDetails details(String kind, Attributes data) throws NetlinkException {
    return switch (kind) {
      case "vxlan" -> new Vxlan(OptionCodec.read(data, Vxlan.ALL));
      case "bridge" -> new Bridge(OptionCodec.read(data, Bridge.ALL));
      case "macvlan" -> new Macvlan(OptionCodec.read(data, Macvlan.ALL));
      case "tun" -> new Tun(OptionCodec.read(data, Tun.ALL));
      case "veth" -> new Veth(Optional.empty());
      default -> new OtherKind(kind);
    };
  }

  /** What is gathered until the record can be made. */
  private static final class LinkParts {
    private LinkAddress address = NO_ADDRESS;
    private String name = "";
    private String alias = "";
    private String slaveKind = "";
    private int mtu;
    private int link;
    private int linkNetnsId = -1;
    private int master;
    private int txQueueLength;
    private int operState;
    private Optional<AddrGenMode> addrGenMode = Optional.empty();
    private LinkDetails details = new OtherKind("");
    private Optional<BridgePort> bridgePort = Optional.empty();

    Link link(int index, int hardwareType, int flags) {
      return new Link(
          index,
          name,
          hardwareType,
          flags,
          mtu,
          address,
          alias,
          master,
          link,
          linkNetnsId,
          txQueueLength,
          operState,
          addrGenMode,
          details,
          slaveKind,
          bridgePort);
    }
  }
}
