package io.vxland.libvirt.xml;

import static io.vxland.model.InvalidValueException.quote;

import io.vxland.model.Network;
import io.vxland.model.Template;
import java.util.ArrayList;
import java.util.List;

/**
 * What libvirt's XML can say of a network's ports, and an overlay does not do. A network that says
 * so is not started; one that runs goes on.
 */
public final class Objections {
  private Objections() {}

  /** Each with what would be right. */
  public static List<String> to(NetworkDescription described, Network network) {
    NetworkDescription.Ports ports = described.ports();
    List<String> objections = new ArrayList<>();
    ports
        .macTable()
        .ifPresent(
            manager ->
                objections.add(
                    "has macTableManager="
                        + quote(manager)
                        + ", with which the bridge does not learn where machines are; remove it"));
    if (network.template() == Template.BRIDGE) {
      onBridge(ports, objections);
    } else {
      onSwitch(described, objections);
    }
    return objections;
  }

  private static void onBridge(NetworkDescription.Ports ports, List<String> objections) {
    if (ports.vlan()) {
      objections.add(
          "has a <vlan>, but a network on a Linux bridge is one VNI without VLANs; remove it, or use"
              + " template='ovs-tun'");
    }
    ports
        .groups()
        .forEach(
            (group, tags) ->
                objections.add(
                    "has <portgroup name="
                        + quote(group)
                        + "> with a <vlan>, but a network on a Linux bridge is one VNI without"
                        + " VLANs; define a network for each VLAN"));
  }

  private static void onSwitch(NetworkDescription described, List<String> objections) {
    if (described.ports().nativeVlan()) {
      objections.add(
          "has a <vlan> with a nativeMode: its frames would be in two VLANs; write one <tag>"
              + " without it");
    }
    described
        .ports()
        .groups()
        .forEach(
            (group, tags) -> {
              if (!described.vlan().map(List::of).orElse(List.of()).equals(tags)) {
                objections.add(
                    "has <portgroup name="
                        + quote(group)
                        + "> with VLAN "
                        + String.join(", ", tags)
                        + described
                            .vlan()
                            .map(tag -> ", while the network is VLAN " + quote(tag))
                            .orElse("")
                        + "; define a network for each VLAN, with a VNI and a <vlan> of its own");
              }
            });
  }
}
