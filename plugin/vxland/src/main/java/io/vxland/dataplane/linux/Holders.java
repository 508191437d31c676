package io.vxland.dataplane.linux;

import io.vxland.netlink4j.model.Link;
import io.vxland.netlink4j.model.NetlinkException;
import io.vxland.netlink4j.model.Option;
import io.vxland.netlink4j.model.Vxlan;
import io.vxland.plan.Change;
import io.vxland.plan.VxlanSpec;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Says who has the VNI or the UDP port that the kernel did not give to a VXLAN device of ours. Its
 * own words name nobody.
 */
final class Holders {
  private static final String ELSEWHERE =
      "a VXLAN device that was moved to another network namespace";

  private static final String LOOK_ELSEWHERE = "ip -all netns exec ip -d link show type vxlan";

  /**
   * The options by which the kernel tells sockets of one port from each other (VXLAN_F_RCV_FLAGS in
   * net/vxlan.h): devices that differ in one cannot be up at the same time.
   */
  private static final List<Option<Vxlan, Boolean>> RECEPTION =
      List.of(
          Vxlan.COLLECT_METADATA,
          Vxlan.VNIFILTER,
          Vxlan.GBP,
          Vxlan.GPE,
          Vxlan.UDP_ZERO_CSUM6_RX,
          Vxlan.REMCSUM_RX,
          Vxlan.REMCSUM_NOPARTIAL);

  private final Collection<Link> links;
  private final Optional<UdpSockets> sockets;
  private final Map<Integer, Optional<InTheWay>> byPort = new HashMap<>();

  /**
   * Somebody.
   *
   * @param reason who has what
   * @param remedy what to do, in the imperative
   */
  record InTheWay(String reason, String remedy) {}

  /**
   * Creates one for one plan.
   *
   * @param links the devices of the network namespace
   * @param sockets its UDP sockets; empty if they cannot be read from here
   */
  Holders(Collection<Link> links, Optional<UdpSockets> sockets) {
    this.links = links;
    this.sockets = sockets;
  }

  /** Whether the kernel's answer to a change may mean that somebody is. */
  static boolean mayBeInTheWay(Change change, NetlinkException refused) {
    return (change instanceof Change.CreateVxlan && refused.isPresent())
        || (change instanceof Change.SetUp && refused.errnoName().equals("EADDRINUSE"));
  }

  /**
   * Who is in the way of a change, and what to do.
   *
   * @return empty if nobody is, as far as can be known
   */
  Optional<InTheWay> inTheWay(Change change, NetlinkException refused) {
    if (!mayBeInTheWay(change, refused)) {
      return Optional.empty();
    }
    if (change instanceof Change.CreateVxlan create) {
      return named(create.device().value()).isPresent()
          ? Optional.empty()
          : Optional.of(ofVni(create.spec()));
    }
    return named(change.device().value()).flatMap(Link::vxlan).flatMap(this::ofPort);
  }

  private InTheWay ofVni(VxlanSpec spec) {
    String holder =
        links.stream()
            .filter(link -> link.vxlan().filter(other -> isSame(other, spec)).isPresent())
            .map(link -> "device " + link.name())
            .findFirst()
            .orElse(ELSEWHERE);
    return new InTheWay(
        "VNI " + spec.vni() + " on UDP port " + spec.port() + " is in use by " + holder,
        (holder.equals(ELSEWHERE) ? "find it with: " + LOOK_ELSEWHERE + ", and " : "")
            + "delete it, or choose another VNI; vxland tries again by itself");
  }

  private static boolean isSame(Vxlan other, VxlanSpec spec) {
    return other.vni() == spec.vni().value() && port(other) == spec.port().value();
  }

  private static int port(Vxlan vxlan) {
    return vxlan.get(Vxlan.PORT).orElse(0);
  }

  private Optional<Link> named(String device) {
    return links.stream().filter(link -> link.name().equals(device)).findFirst();
  }

  private Optional<InTheWay> ofPort(Vxlan refused) {
    Optional<String> device = differing(refused);
    return device.isPresent()
        ? device.map(name -> used(port(refused), "device " + name, "delete it"))
        : byPort.computeIfAbsent(port(refused), this::ofSocket);
  }

  private Optional<InTheWay> ofSocket(int port) {
    UdpSockets.Holder holder =
        sockets.map(all -> all.holder(port)).orElseGet(UdpSockets.Holder.Unknown::new);
    if (holder instanceof UdpSockets.Holder.Program process) {
      return Optional.of(
          used(port, "process " + process.name() + " (pid " + process.pid() + ")", "end it"));
    } else if (holder instanceof UdpSockets.Holder.Kernel) {
      return Optional.of(
          used(port, ELSEWHERE, "delete that device (find it with: " + LOOK_ELSEWHERE + ")"));
    } else if (holder instanceof UdpSockets.Holder.Unknown) {
      return Optional.of(
          used(
              port,
              "a UDP socket of another program, or " + ELSEWHERE,
              "end it (find it with: ss -ulnp sport = :" + port + ", or: " + LOOK_ELSEWHERE + ")"));
    }
    return Optional.empty();
  }

  private static InTheWay used(int port, String holder, String remedy) {
    return new InTheWay(
        "UDP port " + port + " is in use by " + holder,
        remedy + ", or choose another 'port'; vxland tries again by itself");
  }

  /** A device that is up on the same port and cannot share the socket. */
  private Optional<String> differing(Vxlan refused) {
    return links.stream()
        .filter(Link::isUp)
        .filter(
            link ->
                link.vxlan()
                    .filter(other -> port(other) == port(refused))
                    .filter(other -> !reception(other).equals(reception(refused)))
                    .isPresent())
        .map(Link::name)
        .findFirst();
  }

  private static List<Boolean> reception(Vxlan vxlan) {
    return RECEPTION.stream().map(option -> vxlan.get(option).orElse(false)).toList();
  }
}
