package io.vxland.plan.ovs;

import io.vxland.model.InterfaceName;
import io.vxland.model.Network;
import io.vxland.model.Template;
import io.vxland.model.VlanTag;
import io.vxland.model.Vni;
import io.vxland.plan.ovs.ActualSwitches.ActualPort;
import io.vxland.plan.ovs.ActualSwitches.ActualSwitch;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Ports of switches that lead to another network: a NIC, a patch port, somebody else's tunnel.
 * Where two hosts have one in the same network, frames loop through it and the tunnel.
 */
public final class SwitchUplinks {
  private static final String PATCH = "patch";

  private static final Set<String> TUNNELS =
      Set.of("vxlan", "geneve", "gre", "ip6gre", "erspan", "ip6erspan", "stt", "gtpu", "bareudp");

  private SwitchUplinks() {}

  /** The networks of a switch that have such a port, with the first one by name. */
  static SortedMap<Vni, InterfaceName> of(
      Switch wanted, ActualSwitch there, Set<InterfaceName> devices) {
    SortedMap<Vni, InterfaceName> joined = new TreeMap<>();
    Collection<InterfaceName> twins = new Unmarked(wanted, there.ports()).twins().values();
    for (Map.Entry<InterfaceName, ActualPort> port : new TreeMap<>(there.ports()).entrySet()) {
      if (leadsAway(port.getKey(), port.getValue(), devices) && !twins.contains(port.getKey())) {
        wanted
            .cards()
            .forEach(
                (vni, cards) -> {
                  if (reaches(port.getValue(), cards.tag())) {
                    joined.putIfAbsent(vni, port.getKey());
                  }
                });
      }
    }
    return joined;
  }

  /** The networks that have such a port. */
  public static Set<Vni> joined(Collection<Network> networks, ActualSwitches actual) {
    Set<Vni> joined = new HashSet<>();
    for (Network network : networks) {
      ActualSwitch there = network.bridge().map(actual.switches()::get).orElse(null);
      if (network.template() == Template.OVS_TUN && there != null && there.ours()) {
        boolean any =
            there.ports().entrySet().stream()
                .anyMatch(
                    port ->
                        leadsAway(port.getKey(), port.getValue(), actual.uplinks())
                            && reaches(port.getValue(), network.tag()));
        if (any) {
          joined.add(network.vni());
        }
      }
    }
    return joined;
  }

  private static boolean leadsAway(
      InterfaceName name, ActualPort port, Set<InterfaceName> devices) {
    return port.owner().isEmpty()
        && port.attached().isEmpty()
        && (port.type().equals(PATCH)
            || TUNNELS.contains(port.type())
            || (devices.contains(name) && !port.type().equals("internal")));
  }

  /** A port without a tag has all of them. */
  private static boolean reaches(ActualPort port, Optional<VlanTag> tag) {
    return tag.isEmpty() || port.tag().isEmpty() || port.tag().equals(tag);
  }
}
