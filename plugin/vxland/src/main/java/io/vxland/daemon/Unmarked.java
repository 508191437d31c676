package io.vxland.daemon;

import io.vxland.config.Configuration;
import io.vxland.model.Network;
import io.vxland.plan.Problem;
import java.util.List;

/** Networks of libvirt that are ours without metadata or a word in the configuration. */
final class Unmarked {
  private Unmarked() {}

  static List<Problem> in(World.View view, Configuration configuration) {
    return view.networks().stream()
        .filter(network -> network.origin() == Network.Origin.BRIDGE_NAME)
        .filter(
            network ->
                configuration
                    .host()
                    .bridgeNames()
                    .filter(range -> range.contains(network.vni()))
                    .isEmpty())
        .sorted()
        .map(Unmarked::warning)
        .toList();
  }

  private static Problem warning(Network network) {
    return new Problem(
        "network '" + network.name() + "'",
        "is a network of vxland only because of its bridge's name, as earlier versions had it, and"
            + " no such network is taken any more: add"
            + " <metadata><vx:overlay xmlns:vx='urn:vxland:network:1' vni='"
            + network.vni()
            + "'/></metadata> to its definition, or set 'bridge-name-fallback = "
            + network.vni()
            + "-"
            + network.vni()
            + "' in section [host]");
  }
}
