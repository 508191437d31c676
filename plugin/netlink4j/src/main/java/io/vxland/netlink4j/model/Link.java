package io.vxland.netlink4j.model;

import java.util.Optional;

/**
 * A link as the kernel reports it.
 *
 * @param index {@code ifi_index}, from 1
 * @param name up to 15 bytes
 * @param hardwareType {@code ARPHRD_*}: 1 is Ethernet, 772 the loopback
 * @param flags {@code IFF_*}
 * @param mtu bytes
 * @param address its link layer address; of length 0 where it has none
 * @param alias free text of up to 255 bytes; empty where there is none
 * @param master index of the bridge (or bond, VRF) that it is a port of; 0 for none
 * @param link index of the device below, or of a veth's peer, perhaps in another namespace; 0 for
 *     none
 * @param linkNetnsId id of the namespace in which {@code link} counts; -1 for this one
 * @param txQueueLength packets
 * @param operState {@code IF_OPER_*}: 6 is up
 * @param addrGenMode how its link-local address is made; empty where IPv6 is off for it
 * @param details what its kind has
 * @param slaveKind kind of its master, such as bridge; empty for none
 * @param bridgePort what it has as a port of a bridge; empty where it is none
 */
public record Link(
    int index,
    String name,
    int hardwareType,
    int flags,
    int mtu,
    LinkAddress address,
    String alias,
    int master,
    int link,
    int linkNetnsId,
    int txQueueLength,
    int operState,
    Optional<AddrGenMode> addrGenMode,
    LinkDetails details,
    String slaveKind,
    Optional<BridgePort> bridgePort) {
  /** {@code IFF_UP}. */
  public static final int UP = 1;

  /** {@code IFF_LOOPBACK}. */
  public static final int LOOPBACK = 1 << 3;

  /** {@code IFF_LOWER_UP}: there is a carrier. */
  public static final int LOWER_UP = 1 << 16;

  /** Whether the administrator has it up. */
  public boolean isUp() {
    return (flags & UP) != 0;
  }

  /** Whether what is sent by it comes back to this host. */
  public boolean isLoopback() {
    return (flags & LOOPBACK) != 0;
  }

  /** Whether it has a carrier. */
  public boolean hasCarrier() {
    return (flags & LOWER_UP) != 0;
  }

  /** bridge, vxlan, veth, tun, dummy ...; empty for hardware. */
  public String kind() {
    return details.kind();
  }

  /** Its VXLAN side, if it has one. */
  public Optional<Vxlan> vxlan() {
    return details instanceof Vxlan vxlan ? Optional.of(vxlan) : Optional.empty();
  }

  /** Its bridge side, if it has one. */
  public Optional<Bridge> bridge() {
    return details instanceof Bridge bridge ? Optional.of(bridge) : Optional.empty();
  }

  /** Its macvlan side, if it has one. */
  public Optional<Macvlan> macvlan() {
    return details instanceof Macvlan macvlan ? Optional.of(macvlan) : Optional.empty();
  }

  /** Its tun or tap side, if it has one. */
  public Optional<Tun> tun() {
    return details instanceof Tun tun ? Optional.of(tun) : Optional.empty();
  }
}
