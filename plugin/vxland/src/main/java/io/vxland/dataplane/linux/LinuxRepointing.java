package io.vxland.dataplane.linux;

import io.vxland.dataplane.DataplaneException;
import io.vxland.dataplane.Repointing;
import io.vxland.model.InterfaceName;
import io.vxland.model.MacAddress;
import io.vxland.model.Network;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import io.vxland.netlink4j.RtnetlinkConnection;
import io.vxland.netlink4j.model.FdbEntry;
import io.vxland.netlink4j.model.Link;
import io.vxland.netlink4j.model.NetlinkException;
import io.vxland.plan.Change;
import java.nio.file.Path;
import java.util.Optional;

/** In the FDB of the network's VXLAN device, by a netlink socket of its own. */
public final class LinuxRepointing implements Repointing {
  private final RtnetlinkConnection connection;

  private LinuxRepointing(RtnetlinkConnection connection) {
    this.connection = connection;
  }

  /**
   * Opens it in the network namespace of this thread.
   *
   * @throws DataplaneException if the kernel gives no netlink socket
   */
  public static LinuxRepointing open() throws DataplaneException {
    try {
      return new LinuxRepointing(RtnetlinkConnection.open());
    } catch (NetlinkException refused) {
      throw new DataplaneException(refused.getMessage(), refused);
    }
  }

  /**
   * Opens it in another network namespace. Needs CAP_SYS_ADMIN.
   *
   * @param namespace such as {@code /run/netns/blue}
   * @throws DataplaneException if there is none, or the kernel gives no netlink socket
   */
  public static LinuxRepointing open(Path namespace) throws DataplaneException {
    try {
      return new LinuxRepointing(RtnetlinkConnection.open(namespace));
    } catch (NetlinkException refused) {
      throw new DataplaneException(refused.getMessage(), refused);
    }
  }

  @Override
  public synchronized boolean repoint(Vni network, MacAddress mac, Vtep host)
      throws DataplaneException {
    InterfaceName vxlan = Network.vxlanDevice(network);
    try {
      Optional<Link> link = connection.link(vxlan.value());
      if (link.isEmpty()) {
        return false;
      }
      int index = link.get().index();
      Optional<FdbEntry> entry = connection.fdbEntry(index, Values.netlink(mac));
      if (entry.filter(ActualReader::isOurs).isEmpty()) {
        return false;
      }
      connection.apply(
          Messages.of(new Change.PlaceMac(vxlan, mac, host.address()), device -> index));
      return true;
    } catch (NetlinkException refused) {
      throw new DataplaneException(refused.getMessage(), refused);
    }
  }

  @Override
  public synchronized void close() {
    connection.close();
  }
}
