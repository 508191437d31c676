package io.vxland.dataplane.ovs;

import io.vxland.model.InterfaceName;
import io.vxland.openflow.FlowMod;
import io.vxland.openflow.OpenFlowConnection;
import io.vxland.openflow.OpenFlowException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The flows of bridges, by a standing connection to each one's management socket. One that broke,
 * with its switch, is made anew by the next call. Thread-safe.
 */
final class FlowTables implements AutoCloseable {
  private final Map<InterfaceName, OpenFlowConnection> connections = new ConcurrentHashMap<>();
  private final Path directory;
  private final Duration limit;

  /** Something that is asked of a switch. */
  interface Call<T> {
    T on(OpenFlowConnection connection) throws OpenFlowException;
  }

  /**
   * Creates it; connections are made when they are needed.
   *
   * @param directory where the sockets are
   * @param limit how long a call may take
   */
  FlowTables(Path directory, Duration limit) {
    this.directory = directory;
    this.limit = limit;
  }

  /** Asks a bridge; if the connection turns out to be lost, a second time by a new one. */
  <T> T ask(InterfaceName bridge, Call<T> call) throws OpenFlowException {
    OpenFlowConnection standing = connections.get(bridge);
    if (standing != null && standing.isOpen()) {
      try {
        return call.on(standing);
      } catch (OpenFlowException failed) {
        if (failed.error().isPresent()) {
          throw failed;
        }
      }
    }
    OpenFlowConnection fresh = OpenFlowConnection.open(socket(bridge), limit);
    OpenFlowConnection old = connections.put(bridge, fresh);
    if (old != null) {
      old.close();
    }
    return call.on(fresh);
  }

  /** A bridge's management socket. */
  Path socket(InterfaceName bridge) {
    return directory.resolve(bridge + ".mgmt");
  }

  /** All at one moment, or none. */
  void bundle(InterfaceName bridge, List<FlowMod> mods) throws OpenFlowException {
    ask(
        bridge,
        connection -> {
          connection.bundle(mods);
          return mods;
        });
  }

  /** One after another, which is quicker. */
  void apply(InterfaceName bridge, List<FlowMod> mods) throws OpenFlowException {
    ask(
        bridge,
        connection -> {
          connection.apply(mods);
          return mods;
        });
  }

  /** Lets go of all bridges but these. */
  void retain(Set<InterfaceName> bridges) {
    List<InterfaceName> others = new ArrayList<>(connections.keySet());
    others.removeAll(bridges);
    for (InterfaceName gone : others) {
      OpenFlowConnection connection = connections.remove(gone);
      if (connection != null) {
        connection.close();
      }
    }
  }

  @Override
  public void close() {
    retain(Collections.emptySet());
  }
}
