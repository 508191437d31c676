package io.vxland.libvirt.xml;

import static io.vxland.model.InvalidValueException.quote;

import io.vxland.model.Flooding;
import io.vxland.model.InterfaceName;
import io.vxland.model.InvalidValueException;
import io.vxland.model.Network;
import io.vxland.model.NetworkName;
import io.vxland.model.OverlayOptions;
import io.vxland.model.PortSecurity;
import io.vxland.model.Template;
import io.vxland.model.VlanTag;
import io.vxland.model.Vni;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiPredicate;

/**
 * Says which networks of libvirt are ours, and what they ask for.
 *
 * <p>A network is ours if its {@code <metadata>} has the element {@code overlay} of {@link
 * #NAMESPACE}. Without it, it may be ours if it has {@code <forward mode='bridge'/>}, no virtual
 * port, and a bridge named {@code br<vni>}: such names are in use for other things, too.
 */
public final class Overlays {
  /** The namespace of our element in {@code <metadata>}. */
  public static final String NAMESPACE = "urn:vxland:network:1";

  private static final String OPEN_VSWITCH = "openvswitch";
  private static final Set<String> ATTRIBUTES =
      Set.of("vni", "template", "shared", "flood", "port-security");

  private Overlays() {}

  /**
   * Reads what a network asks for.
   *
   * @param byBridgeName whether one without metadata, of this name and with a bridge named for this
   *     VNI, is ours
   * @return empty if it is not ours
   * @throws LibvirtXmlException if it is ours and cannot be made
   */
  public static Optional<Network> networkOf(
      NetworkDescription network, BiPredicate<String, Vni> byBridgeName)
      throws LibvirtXmlException {
    String where = "network " + quote(network.name());
    try {
      return network.overlay().isPresent()
          ? Optional.of(fromMetadata(where, network, network.overlay().get()))
          : fromBridgeName(network, byBridgeName);
    } catch (InvalidValueException e) {
      throw new LibvirtXmlException(where, e.getMessage());
    }
  }

  private static Network fromMetadata(
      String where, NetworkDescription network, Map<String, String> overlay)
      throws LibvirtXmlException {
    Set<String> unknown = new TreeSet<>(overlay.keySet());
    unknown.removeAll(ATTRIBUTES);
    if (!unknown.isEmpty()) {
      throw new LibvirtXmlException(
          where,
          "<overlay> has the unknown attribute "
              + quote(unknown.iterator().next())
              + "; it can have 'vni', 'template', 'shared', 'flood' and 'port-security'");
    }
    if (!overlay.containsKey("vni")) {
      throw new LibvirtXmlException(where, "<overlay> has no vni; write, for example, vni='5001'");
    }
    Vni vni = Vni.parse(overlay.get("vni"));
    Template template =
        overlay.containsKey("template") ? Template.parse(overlay.get("template")) : Template.BRIDGE;
    if (!network.forwardMode().equals(Optional.of("bridge"))) {
      throw new LibvirtXmlException(
          where,
          "forward mode is "
              + network.forwardMode().map(InvalidValueException::quote).orElse("missing")
              + "; an overlay needs <forward mode='bridge'/>");
    }
    if (network.bridge().isEmpty()) {
      throw new LibvirtXmlException(
          where, "has no bridge; write <bridge name='" + template.defaultBridge(vni) + "'/>");
    }
    InterfaceName bridge = new InterfaceName(network.bridge().get());
    Optional<Vni> named = Network.vniOfBridge(bridge);
    if (named.isPresent() && !named.get().equals(vni)) {
      throw new LibvirtXmlException(
          where,
          "VNI "
              + vni
              + " contradicts bridge "
              + quote(bridge.value())
              + ", the name for VNI "
              + named.get()
              + "; write <bridge name='"
              + Network.defaultBridge(vni)
              + "'/> or a name of another form");
    }
    boolean onSwitch = network.virtualPort().equals(Optional.of(OPEN_VSWITCH));
    if (onSwitch != (template == Template.OVS_TUN)) {
      throw new LibvirtXmlException(
          where,
          onSwitch
              ? "has <virtualport type='openvswitch'/>; that is for template='ovs-tun'"
              : "has no <virtualport type='openvswitch'/>, which template='ovs-tun' needs");
    }
    Flooding flood = Flooding.parse(overlay.getOrDefault("flood", Flooding.ALL.toString()));
    flood.mustSuit(template);
    PortSecurity security =
        PortSecurity.parse(overlay.getOrDefault("port-security", PortSecurity.KNOWN.toString()));
    return new Network(
        new NetworkName(network.name()),
        vni,
        Optional.of(bridge),
        onSwitch ? network.vlan().map(VlanTag::parse) : Optional.empty(),
        template,
        isShared(where, overlay) ? Network.Origin.SHARED : Network.Origin.LIBVIRT,
        OverlayOptions.DEFAULTS.with(flood).with(security));
  }

  private static boolean isShared(String where, Map<String, String> overlay)
      throws LibvirtXmlException {
    String shared = overlay.getOrDefault("shared", "no");
    if (!List.of("yes", "no").contains(shared)) {
      throw new LibvirtXmlException(
          where, "<overlay> has shared=" + quote(shared) + "; write 'yes' or 'no'");
    }
    return shared.equals("yes");
  }

  private static Optional<Network> fromBridgeName(
      NetworkDescription network, BiPredicate<String, Vni> byBridgeName) {
    if (!network.forwardMode().equals(Optional.of("bridge"))
        || network.bridge().isEmpty()
        || network.virtualPort().isPresent()) {
      return Optional.empty();
    }
    InterfaceName bridge;
    try {
      bridge = new InterfaceName(network.bridge().get());
    } catch (InvalidValueException nameThatNoneOfOursHas) {
      return Optional.empty();
    }
    Optional<Vni> named =
        Network.vniOfBridge(bridge).filter(vni -> byBridgeName.test(network.name(), vni));
    return named.map(
        vni ->
            new Network(
                new NetworkName(network.name()),
                vni,
                Optional.of(bridge),
                Template.BRIDGE,
                Network.Origin.BRIDGE_NAME,
                OverlayOptions.DEFAULTS));
  }
}
