package io.vxland.daemon;

import io.vxland.libvirt.KnownNetwork;
import io.vxland.libvirt.xml.LibvirtXmlException;
import io.vxland.libvirt.xml.NetworkDescription;
import io.vxland.libvirt.xml.Overlays;
import io.vxland.model.InterfaceName;
import io.vxland.model.Network;
import io.vxland.model.VlanTag;
import io.vxland.plan.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Networks that were defined anew while they are active: libvirt keeps the definition that they
 * were started with until they are started again (libvirt, bridge_driver.c: networkDefineXML).
 */
final class Redefined {
  private Redefined() {}

  /** What changes then; empty if nothing does that moves the network. */
  static Optional<Problem> warning(Network now, KnownNetwork known) {
    return known
        .next()
        .map(next -> changes(now, next))
        .filter(changes -> !changes.isEmpty())
        .map(
            changes ->
                new Problem(
                    "network '" + known.name() + "'",
                    "was defined anew with "
                        + String.join(", ", changes)
                        + "; that counts once it is started again: shut down its VMs, then: virsh"
                        + " net-destroy "
                        + known.name()
                        + " && virsh net-start "
                        + known.name()));
  }

  private static List<String> changes(Network now, NetworkDescription next) {
    List<String> changes = new ArrayList<>();
    try {
      Optional<Network> then = Overlays.networkOf(next, (name, vni) -> vni.equals(now.vni()));
      if (then.isEmpty()) {
        return List.of("no metadata of vxland");
      }
      Network other = then.get();
      if (!other.vni().equals(now.vni())) {
        changes.add("VNI " + other.vni() + " instead of " + now.vni());
      }
      if (!other.bridge().equals(now.bridge())) {
        changes.add("bridge " + name(other) + " instead of " + name(now));
      }
      if (other.template() != now.template()) {
        changes.add("template '" + other.template() + "' instead of '" + now.template() + "'");
      } else if (!other.tag().equals(now.tag())) {
        changes.add("VLAN " + tag(other) + " instead of " + tag(now));
      }
    } catch (LibvirtXmlException wrong) {
      changes.add("a mistake (" + wrong.getMessage() + ")");
    }
    return changes;
  }

  private static String name(Network network) {
    return network.bridge().map(InterfaceName::value).orElse("none");
  }

  private static String tag(Network network) {
    return network.tag().map(VlanTag::toString).orElse("none");
  }
}
