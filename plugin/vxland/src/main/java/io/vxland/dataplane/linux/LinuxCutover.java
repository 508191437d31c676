package io.vxland.dataplane.linux;

import io.vxland.dataplane.Cutover;
import io.vxland.dataplane.DataplaneException;
import io.vxland.netlink4j.RtnetlinkConnection;
import io.vxland.netlink4j.model.Link;
import io.vxland.netlink4j.model.NetlinkException;
import io.vxland.plan.Change;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/** Single changes by a netlink socket of their own, in the namespace that it was opened in. */
public final class LinuxCutover implements Cutover {
  private final RtnetlinkConnection connection;
  private final ReentrantLock lock = new ReentrantLock();

  private LinuxCutover(RtnetlinkConnection connection) {
    this.connection = connection;
  }

  /**
   * Opens it in the network namespace of this thread.
   *
   * @throws DataplaneException if the kernel gives no netlink socket
   */
  public static LinuxCutover open() throws DataplaneException {
    try {
      return new LinuxCutover(RtnetlinkConnection.open());
    } catch (NetlinkException refused) {
      throw new DataplaneException(refused.getMessage(), refused);
    }
  }

  @Override
  public boolean apply(Change change) throws DataplaneException {
    lock.lock();
    try {
      Optional<Link> link = connection.link(change.device().value());
      if (link.isEmpty() || link.get().master() == 0) {
        return false;
      }
      connection.apply(Messages.of(change, device -> link.get().index()));
      return true;
    } catch (NetlinkException refused) {
      throw new DataplaneException(refused.getMessage(), refused);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    connection.close();
  }
}
