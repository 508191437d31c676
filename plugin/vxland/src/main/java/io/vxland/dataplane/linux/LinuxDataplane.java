package io.vxland.dataplane.linux;

import io.vxland.dataplane.Dataplane;
import io.vxland.dataplane.DataplaneException;
import io.vxland.model.InterfaceName;
import io.vxland.model.IpAddress;
import io.vxland.model.MacAddress;
import io.vxland.netlink4j.RtnetlinkConnection;
import io.vxland.netlink4j.model.Link;
import io.vxland.netlink4j.model.NetlinkException;
import io.vxland.plan.ActualState;
import io.vxland.plan.Change;
import io.vxland.plan.DeniedFrames;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** The data plane of the network namespace that it was opened in. */
public final class LinuxDataplane implements Dataplane {
  private final RtnetlinkConnection connection;
  private final Rulesets rulesets;
  private final Deliveries deliveries;
  private final Optional<UdpSockets> sockets;

  private LinuxDataplane(
      RtnetlinkConnection connection, Rulesets rulesets, Optional<UdpSockets> sockets) {
    this.sockets = sockets;
    this.rulesets = rulesets;
    this.connection = connection;
    this.deliveries = new Deliveries(rulesets.deliveries(), rulesets.losses());
  }

  /** Opens it in the network namespace of this thread, without nftables. */
  public static LinuxDataplane open() throws DataplaneException {
    return open(Rulesets.NONE);
  }

  /**
   * Opens it in the network namespace of this thread.
   *
   * @param rulesets what is ours in nftables, in the same namespace
   * @throws DataplaneException if the kernel gives no netlink socket
   */
  public static LinuxDataplane open(Rulesets rulesets) throws DataplaneException {
    try {
      return new LinuxDataplane(
          RtnetlinkConnection.open(), rulesets, Optional.of(new UdpSockets(Path.of("/proc"))));
    } catch (NetlinkException refused) {
      throw new DataplaneException(refused.getMessage(), refused);
    }
  }

  /** Opens it in another network namespace, without nftables. */
  public static LinuxDataplane open(Path namespace) throws DataplaneException {
    return open(namespace, Rulesets.NONE);
  }

  /**
   * Opens it in another network namespace.
   *
   * @param namespace such as /run/netns/NAME
   * @param rulesets what is ours in nftables, in the same namespace
   * @throws DataplaneException if there is none, or the kernel gives no netlink socket
   */
  public static LinuxDataplane open(Path namespace, Rulesets rulesets) throws DataplaneException {
    try {
      return new LinuxDataplane(RtnetlinkConnection.open(namespace), rulesets, Optional.empty());
    } catch (NetlinkException refused) {
      throw new DataplaneException(refused.getMessage(), refused);
    }
  }

  /** Somebody else changed a table of ours: the next reading asks. Any thread may say so. */
  public void distrust(RulesetWatch.Part part) {
    switch (part) {
      case DELIVERIES -> deliveries.distrust();
      case VTEPS -> rulesets.vteps().distrust();
      case PORTS -> rulesets.filters().distrust();
      case FRAMES -> rulesets.frames().distrust();
    }
  }

  @Override
  public ActualState read(Set<MacAddress> moving) throws DataplaneException {
    try {
      return new ActualReader(connection, deliveries, rulesets, moving).read();
    } catch (NetlinkException failed) {
      throw new DataplaneException(failed.getMessage(), failed);
    }
  }

  @Override
  public void distrust() {
    for (RulesetWatch.Part part : RulesetWatch.Part.values()) {
      distrust(part);
    }
  }

  @Override
  public List<Failure> apply(List<Change> changes) throws DataplaneException {
    try {
      return new Applier(connection, deliveries, rulesets, sockets).apply(changes);
    } catch (NetlinkException failed) {
      throw new DataplaneException(failed.getMessage(), failed);
    }
  }

  @Override
  public Uplink uplink(Home home, Collection<IpAddress> peers) throws DataplaneException {
    try {
      return new UplinkFinder(connection, peers).find(home);
    } catch (NetlinkException failed) {
      throw new DataplaneException(failed.getMessage(), failed);
    }
  }

  @Override
  public Listing forwarding(InterfaceName vxlan, int mostLearned) throws DataplaneException {
    try {
      Optional<Link> link = connection.link(vxlan.value());
      ListingSink sink = new ListingSink(mostLearned);
      if (link.isPresent()) {
        connection.dumpFdb(link.get().index(), sink);
      }
      return sink.listing();
    } catch (NetlinkException failed) {
      throw new DataplaneException(failed.getMessage(), failed);
    }
  }

  @Override
  public OptionalLong framesSent(InterfaceName device) throws DataplaneException {
    try {
      return connection
          .statistics(device.value())
          .map(statistics -> OptionalLong.of(statistics.sentFrames()))
          .orElse(OptionalLong.empty());
    } catch (NetlinkException failed) {
      throw new DataplaneException(failed.getMessage(), failed);
    }
  }

  @Override
  public Map<InterfaceName, Map<MacAddress, Long>> framesDelivered() throws DataplaneException {
    return deliveries.counters();
  }

  @Override
  public Map<InterfaceName, DeniedFrames> denied() throws DataplaneException {
    return rulesets.filters().denied();
  }

  @Override
  public void close() {
    connection.close();
  }
}
