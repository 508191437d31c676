package io.vxland.daemon;

import io.vxland.config.Configuration;
import io.vxland.model.Flooding;
import io.vxland.model.Network;
import io.vxland.model.NetworkName;
import io.vxland.model.OverlayOptions;
import io.vxland.model.PortSecurity;
import io.vxland.model.Vni;
import io.vxland.plan.Problem;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The networks of this host: what libvirt says of them and what the configuration does, in one.
 * They are merged anew only when one of the two is another object, for VMs change far more often.
 * Thread-safe.
 */
final class EffectiveNetworks {
  private volatile Last last = new Last(Map.of(), null, new Merged(Set.of(), List.of()));

  /**
   * All networks.
   *
   * @param networks those of the configuration alone are among them
   * @param problems what the two say differently
   */
  record Merged(Set<Network> networks, List<Problem> problems) {}

  private record Last(
      Map<NetworkName, World.LibvirtNetwork> libvirt, Configuration configuration, Merged merged) {}

  /**
   * Merges the two.
   *
   * @param libvirt those that libvirt has, whose word counts; must not change any more
   */
  Merged of(Map<NetworkName, World.LibvirtNetwork> libvirt, Configuration configuration) {
    Last known = last;
    // As a rule they are the same objects, of which equals takes no time.
    if (!known.libvirt().equals(libvirt) || !configuration.equals(known.configuration())) {
      known = new Last(libvirt, configuration, merge(libvirt, configuration));
      last = known;
    }
    return known.merged();
  }

  private static Merged merge(
      Map<NetworkName, World.LibvirtNetwork> libvirt, Configuration configuration) {
    List<Problem> problems = new ArrayList<>();
    Set<Network> networks = new HashSet<>();
    libvirt
        .values()
        .forEach(known -> networks.add(withOptions(known.network(), configuration, problems)));
    configuration.ownNetworks().stream()
        .filter(own -> !libvirt.containsKey(own.name()))
        .forEach(networks::add);
    return new Merged(Set.copyOf(networks), List.copyOf(problems));
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
                  + "; vxland uses libvirt's value; correct one of the two"));
    }
    OverlayOptions options = configuration.optionsOf(network.name());
    Flooding flood =
        chosen(
            "flood", Flooding.ALL, network.options().flood(), options.flood(), network, problems);
    PortSecurity security =
        chosen(
            "port-security",
            PortSecurity.KNOWN,
            network.options().security(),
            options.security(),
            network,
            problems);
    return network.with(options.with(flood).with(security));
  }

  /** libvirt's choice, if its metadata say more than the default. */
  private static <T> T chosen(
      String key, T byDefault, T libvirts, T configured, Network network, List<Problem> problems) {
    if (libvirts.equals(byDefault)) {
      return configured;
    }
    if (!configured.equals(byDefault) && !configured.equals(libvirts)) {
      problems.add(
          new Problem(
              "network '" + network.name() + "'",
              "libvirt says "
                  + key
                  + " "
                  + libvirts
                  + ", the configuration says "
                  + configured
                  + "; vxland uses libvirt's value; correct one of the two"));
    }
    return libvirts;
  }
}
