package io.vxland.libvirt.xml;

import static io.vxland.model.InvalidValueException.quote;

import jakarta.xml.bind.annotation.XmlAccessType;
import jakarta.xml.bind.annotation.XmlAccessorType;
import jakarta.xml.bind.annotation.XmlAnyAttribute;
import jakarta.xml.bind.annotation.XmlAttribute;
import jakarta.xml.bind.annotation.XmlElement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import javax.xml.namespace.QName;

/** The parts of {@code <network>} that are read. */
@XmlAccessorType(XmlAccessType.FIELD)
final class NetworkBinding {
  @XmlElement private String name;
  @XmlElement private String uuid;
  @XmlElement private Metadata metadata;
  @XmlElement private Forward forward;
  @XmlElement private Bridge bridge;

  @XmlElement(name = "virtualport")
  private VirtualPort virtualPort;

  @XmlElement private Vlan vlan;

  @XmlElement(name = "portgroup")
  private List<PortGroup> portGroups = new ArrayList<>();

  @XmlAccessorType(XmlAccessType.FIELD)
  static final class Metadata {
    @XmlElement(namespace = Overlays.NAMESPACE)
    private Overlay overlay;
  }

  @XmlAccessorType(XmlAccessType.FIELD)
  static final class Overlay {
    /** All of them, so that a misspelt one is refused instead of ignored. */
    @XmlAnyAttribute private Map<QName, String> attributes = new HashMap<>();
  }

  @XmlAccessorType(XmlAccessType.FIELD)
  static final class Forward {
    @XmlAttribute private String mode;
  }

  @XmlAccessorType(XmlAccessType.FIELD)
  static final class Bridge {
    @XmlAttribute private String name;
    @XmlAttribute private String macTableManager;
  }

  @XmlAccessorType(XmlAccessType.FIELD)
  static final class PortGroup {
    @XmlAttribute private String name;
    @XmlElement private Vlan vlan;
  }

  @XmlAccessorType(XmlAccessType.FIELD)
  static final class VirtualPort {
    @XmlAttribute private String type;
  }

  @XmlAccessorType(XmlAccessType.FIELD)
  static final class Vlan {
    @XmlAttribute private String trunk;

    @XmlElement(name = "tag")
    private List<Tag> tags = new ArrayList<>();

    /** The tag of an access port: libvirt takes several tags, or a native VLAN, for a trunk. */
    Optional<String> access() {
      return tags.size() == 1 && !"yes".equals(trunk) && !hasNative()
          ? Optional.ofNullable(tags.get(0).id)
          : Optional.empty();
    }

    boolean hasNative() {
      return tags.stream().anyMatch(tag -> tag.nativeMode != null);
    }
  }

  @XmlAccessorType(XmlAccessType.FIELD)
  static final class Tag {
    @XmlAttribute private String id;
    @XmlAttribute private String nativeMode;
  }

  NetworkDescription describe() throws LibvirtXmlException {
    String networkName = Fields.required("network", "<name>", name);
    String where = "network " + quote(networkName);
    Optional<Overlay> overlay = Optional.ofNullable(metadata).map(m -> m.overlay);
    Map<String, String> attributes = new HashMap<>();
    overlay.ifPresent(
        o -> o.attributes.forEach((key, text) -> attributes.put(key.toString(), text)));
    return new NetworkDescription(
        networkName,
        Fields.optionalUuid(where, uuid),
        Optional.ofNullable(forward).map(f -> f.mode == null ? "nat" : f.mode),
        Optional.ofNullable(bridge).map(b -> b.name),
        Optional.ofNullable(virtualPort).map(port -> port.type),
        Optional.ofNullable(vlan).flatMap(Vlan::access),
        ports(),
        overlay.map(o -> attributes));
  }

  private NetworkDescription.Ports ports() {
    SortedMap<String, List<String>> groups = new TreeMap<>();
    for (PortGroup group : portGroups) {
      if (group.vlan != null && !group.vlan.tags.isEmpty()) {
        List<String> tags =
            group
                .vlan
                .access()
                .map(List::of)
                .orElseGet(
                    () -> group.vlan.tags.stream().map(tag -> String.valueOf(tag.id)).toList());
        groups.put(String.valueOf(group.name), tags);
      }
    }
    return new NetworkDescription.Ports(
        Optional.ofNullable(bridge)
            .map(b -> b.macTableManager)
            .filter(manager -> !manager.equals("kernel")),
        vlan != null && !vlan.tags.isEmpty(),
        vlan != null && vlan.hasNative(),
        groups);
  }
}
