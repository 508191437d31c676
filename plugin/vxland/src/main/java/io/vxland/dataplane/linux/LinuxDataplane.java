package io.vxland.dataplane.linux;

import io.vxland.dataplane.Dataplane;
import io.vxland.dataplane.DataplaneException;
import io.vxland.dataplane.Forwarded;
import io.vxland.model.InterfaceName;
import io.vxland.model.Vtep;
import io.vxland.netlink4j.RtnetlinkConnection;
import io.vxland.netlink4j.model.Link;
import io.vxland.netlink4j.model.NetlinkException;
import io.vxland.plan.ActualState;
import io.vxland.plan.Change;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The data plane of the network namespace that it was opened in. */
public final class LinuxDataplane implements Dataplane {
  private final RtnetlinkConnection connection;

  private LinuxDataplane(RtnetlinkConnection connection) {
    this.connection = connection;
  }

  /**
   * Opens it in the network namespace of this thread.
   *
   * @throws DataplaneException if the kernel gives no netlink socket
   */
  public static LinuxDataplane open() throws DataplaneException {
    try {
      return new LinuxDataplane(RtnetlinkConnection.open());
    } catch (NetlinkException refused) {
      throw new DataplaneException(refused.getMessage(), refused);
    }
  }

  /**
   * Opens it in another network namespace.
   *
   * @param namespace such as /run/netns/NAME
   * @throws DataplaneException if there is none, or the kernel gives no netlink socket
   */
  public static LinuxDataplane open(Path namespace) throws DataplaneException {
    try {
      return new LinuxDataplane(RtnetlinkConnection.open(namespace));
    } catch (NetlinkException refused) {
      throw new DataplaneException(refused.getMessage(), refused);
    }
  }

  @Override
  public ActualState read() throws DataplaneException {
    try {
      return new ActualReader(connection).read();
    } catch (NetlinkException failed) {
      throw new DataplaneException(failed.getMessage(), failed);
    }
  }

  @Override
  public List<Failure> apply(List<Change> changes) throws DataplaneException {
    try {
      return new Applier(connection).apply(changes);
    } catch (NetlinkException failed) {
      throw new DataplaneException(failed.getMessage(), failed);
    }
  }

  @Override
  public Uplink uplink(Optional<Vtep> configured) throws DataplaneException {
    try {
      return new UplinkFinder(connection).find(configured);
    } catch (NetlinkException failed) {
      throw new DataplaneException(failed.getMessage(), failed);
    }
  }

  @Override
  public List<Forwarded> forwarding(InterfaceName vxlan) throws DataplaneException {
    try {
      Optional<Link> link = connection.link(vxlan.value());
      return link.isPresent()
          ? ActualReader.forwarded(connection.fdb(link.get().index()))
          : List.of();
    } catch (NetlinkException failed) {
      throw new DataplaneException(failed.getMessage(), failed);
    }
  }

  @Override
  public void close() {
    connection.close();
  }
}
