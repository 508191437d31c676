package io.vxland.plan;

import io.vxland.model.IpAddress;
import io.vxland.model.Location;
import io.vxland.model.Network;
import io.vxland.model.OverlayOptions.Replication;
import io.vxland.model.Prefix;
import io.vxland.model.Template;
import io.vxland.model.UdpPort;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import java.util.List;
import java.util.NavigableSet;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * From whom tunnelled packets are taken: every host that the configuration or the control plane
 * names, of whichever network. A host that a network reaches by a multicast group is named nowhere,
 * so such a network is filtered only where networks of hosts are configured.
 */
final class VtepDesire {
  private VtepDesire() {}

  static VtepFilter of(Inputs inputs) {
    List<Prefix> accepted = inputs.accept();
    if (accepted.stream().anyMatch(prefix -> prefix.length() == 0)) {
      return VtepFilter.NONE;
    }
    SortedSet<VtepFilter.Tunnel> tunnels = new TreeSet<>();
    NavigableSet<IpAddress> vteps = new TreeSet<>();
    for (Network network : inputs.networks()) {
      boolean group = network.options().replication() instanceof Replication.Group;
      boolean overUdp =
          network.template() == Template.BRIDGE || network.options().ovs().tunnel().hasPort();
      if (overUdp && (!group || !accepted.isEmpty())) {
        UdpPort port = network.options().port();
        Vni vni = network.vni();
        tunnels.add(new VtepFilter.Tunnel(port, vni, vni));
        MigrationTunnel.tunnelVni(vni)
            .ifPresent(tunnel -> tunnels.add(new VtepFilter.Tunnel(port, tunnel, vni)));
      }
      if (network.options().replication() instanceof Replication.Remote remote) {
        vteps.add(remote.peer().address());
      }
      inputs.knowledge().hosts(network.vni()).stream().map(Vtep::address).forEach(vteps::add);
      inputs.knowledge().locations().getOrDefault(network.vni(), List.of()).stream()
          .map(Location::vtep)
          .map(Vtep::address)
          .forEach(vteps::add);
    }
    inputs.hosts().stream().map(Vtep::address).forEach(vteps::add);
    inputs.vtep().map(Vtep::address).ifPresent(vteps::remove);
    return new VtepFilter(tunnels, vteps, new TreeSet<>(accepted));
  }
}
