package io.vxland.daemon;

import io.vxland.api.FdbEntry;
import io.vxland.control.ControlPlane;
import io.vxland.control.fixed.FixedControlPlane;
import io.vxland.model.IpAddress;
import io.vxland.model.MacAddress;
import io.vxland.model.Network;
import io.vxland.model.OverlayOptions.Replication;
import io.vxland.model.Vni;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Who says where frames go, and since when. */
final class Sources {
  private static final Source NOBODY = new Source("", FdbEntry.NO_AGE);

  private final Map<Entry, Source> said = new HashMap<>();

  private record Entry(Vni vni, Optional<MacAddress> mac, IpAddress host) {}

  /**
   * Who says something.
   *
   * @param name who; empty if nobody does
   * @param ageSeconds for how long this host has known it; {@link FdbEntry#NO_AGE} if nobody tells
   */
  record Source(String name, long ageSeconds) {
    /** One that does not tell since when. */
    static Source of(String name) {
      return new Source(name, FdbEntry.NO_AGE);
    }
  }

  /** Where several say the same, the last of them counts. */
  Sources(ControlPlane plane, Collection<Network> networks) {
    for (Network network : networks) {
      Replication replication = network.options().replication();
      if (replication instanceof Replication.Remote remote) {
        configured(network.vni(), remote.peer().address());
      } else if (replication instanceof Replication.Group group) {
        configured(network.vni(), group.group());
      }
    }
    for (ControlPlane.Said each : plane.said(networks)) {
      said.put(
          new Entry(each.vni(), each.mac(), each.vtep().address()),
          new Source(each.source(), each.age().map(Duration::toSeconds).orElse(FdbEntry.NO_AGE)));
    }
  }

  private void configured(Vni vni, IpAddress host) {
    said.put(new Entry(vni, Optional.empty(), host), Source.of(FixedControlPlane.SOURCE));
  }

  /**
   * Who says that frames go to a host.
   *
   * @param mac for which machine; empty: what has no known place
   */
  Source of(Vni vni, Optional<MacAddress> mac, IpAddress host) {
    return said.getOrDefault(new Entry(vni, mac, host), NOBODY);
  }
}
