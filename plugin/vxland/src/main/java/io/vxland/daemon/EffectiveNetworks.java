package io.vxland.daemon;

import io.vxland.config.Configuration;
import io.vxland.model.Flooding;
import io.vxland.model.Network;
import io.vxland.model.NetworkName;
import io.vxland.model.OverlayOptions;
import io.vxland.model.Vni;
import io.vxland.plan.Problem;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The networks of this host: what libvirt says of them and what the configuration does, in one. */
final class EffectiveNetworks {
  private EffectiveNetworks() {}

  /**
   * All of them; those of the configuration alone are among them.
   *
   * @param libvirt those that libvirt has, whose word counts
   * @param problems gets what the two say differently
   */
  static Set<Network> of(
      Map<NetworkName, World.LibvirtNetwork> libvirt,
      Configuration configuration,
      List<Problem> problems) {
    Set<Network> networks = new HashSet<>();
    libvirt
        .values()
        .forEach(known -> networks.add(withOptions(known.network(), configuration, problems)));
    configuration.ownNetworks().stream()
        .filter(own -> !libvirt.containsKey(own.name()))
        .forEach(networks::add);
    return Set.copyOf(networks);
  }

  private static Network withOptions(
      Network network, Configuration configuration, List<Problem> problems) {
    Configuration.NetworkSection section = configuration.networks().get(network.name());
    Optional<Vni> demanded = section == null ? Optional.empty() : section.vni();
    if (demanded.isPresent() && !demanded.get().equals(network.vni())) {
      problems.add(
          new Problem(
              "network '" + network.name() + "'",
              "libvirt says VNI "
                  + network.vni()
                  + ", the configuration says "
                  + demanded.get()
                  + "; libvirt's is taken, correct one of the two"));
    }
    OverlayOptions options = configuration.optionsOf(network.name());
    Flooding told = network.options().flood();
    if (told == Flooding.ALL) {
      return network.with(options);
    }
    if (options.flood() != Flooding.ALL && options.flood() != told) {
      problems.add(
          new Problem(
              "network '" + network.name() + "'",
              "libvirt says flood "
                  + told
                  + ", the configuration says "
                  + options.flood()
                  + "; libvirt's is taken, correct one of the two"));
    }
    return network.with(options.with(told));
  }
}
