package io.vxland.libvirt.xml;

import static io.vxland.model.InvalidValueException.quote;

import io.vxland.model.Barriers;
import io.vxland.model.InterfaceName;
import io.vxland.model.InvalidValueException;
import io.vxland.model.MacAddress;
import io.vxland.model.NetworkName;
import io.vxland.model.Numbers;
import jakarta.xml.bind.annotation.XmlAccessType;
import jakarta.xml.bind.annotation.XmlAccessorType;
import jakarta.xml.bind.annotation.XmlAnyAttribute;
import jakarta.xml.bind.annotation.XmlAttribute;
import jakarta.xml.bind.annotation.XmlElement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import javax.xml.namespace.QName;

/** The parts of {@code <domain>} that are read; the rest is skipped without being kept. */
@XmlAccessorType(XmlAccessType.FIELD)
final class DomainBinding {
  @XmlElement private String name;
  @XmlElement private String uuid;
  @XmlElement private DomainMetadata metadata;
  @XmlElement private Devices devices;

  @XmlAccessorType(XmlAccessType.FIELD)
  static final class DomainMetadata {
    @XmlElement(namespace = PortMetadata.NAMESPACE)
    private CardPorts ports;

    @XmlElement(namespace = PortMetadata.NAMESPACE, name = "port")
    private List<CardPort> alone = new ArrayList<>();

    List<Map<String, String>> attributes() {
      List<CardPort> all = new ArrayList<>(alone);
      if (ports != null) {
        all.addAll(ports.ports);
      }
      return all.stream().map(CardPort::attributes).toList();
    }
  }

  @XmlAccessorType(XmlAccessType.FIELD)
  static final class CardPorts {
    @XmlElement(namespace = PortMetadata.NAMESPACE, name = "port")
    private List<CardPort> ports = new ArrayList<>();
  }

  @XmlAccessorType(XmlAccessType.FIELD)
  static final class CardPort {
    /** All of them, so that a misspelt one is refused instead of ignored. */
    @XmlAnyAttribute private Map<QName, String> attributes = new HashMap<>();

    Map<String, String> attributes() {
      Map<String, String> byName = new HashMap<>();
      attributes.forEach((key, text) -> byName.put(key.toString(), text));
      return byName;
    }
  }

  @XmlAccessorType(XmlAccessType.FIELD)
  static final class Devices {
    @XmlElement(name = "interface")
    private List<Interface> interfaces = new ArrayList<>();
  }

  @XmlAccessorType(XmlAccessType.FIELD)
  static final class Interface {
    @XmlAttribute private String type;
    @XmlElement private Mac mac;
    @XmlElement private Source source;
    @XmlElement private Target target;
    @XmlElement private Model model;
    @XmlElement private Size mtu;
    @XmlElement private LinkState link;
    @XmlElement private BridgePort port;

    @XmlElement(name = "filterref")
    private FilterRef filter;
  }

  @XmlAccessorType(XmlAccessType.FIELD)
  static final class BridgePort {
    @XmlAttribute private String isolated;
  }

  /** Only that it is there counts. */
  @XmlAccessorType(XmlAccessType.FIELD)
  static final class FilterRef {
    @XmlAttribute private String filter;
  }

  @XmlAccessorType(XmlAccessType.FIELD)
  static final class LinkState {
    @XmlAttribute private String state;
  }

  @XmlAccessorType(XmlAccessType.FIELD)
  static final class Size {
    @XmlAttribute private String size;
  }

  @XmlAccessorType(XmlAccessType.FIELD)
  static final class Mac {
    @XmlAttribute private String address;

    String address() {
      return address;
    }
  }

  @XmlAccessorType(XmlAccessType.FIELD)
  static final class Source {
    @XmlAttribute private String network;
    @XmlAttribute private String bridge;
    @XmlAttribute private String portid;
  }

  @XmlAccessorType(XmlAccessType.FIELD)
  static final class Target {
    @XmlAttribute private String dev;
  }

  @XmlAccessorType(XmlAccessType.FIELD)
  static final class Model {
    @XmlAttribute private String type;
  }

  DomainDescription describe() throws LibvirtXmlException {
    String domainName = Fields.required("domain", "<name>", name);
    String where = "domain " + quote(domainName);
    List<Nic> nics = new ArrayList<>();
    List<Interface> interfaces = devices == null ? List.of() : devices.interfaces;
    PortMetadata ports =
        PortMetadata.read(metadata == null ? List.of() : metadata.attributes(), macs(interfaces));
    for (int i = 0; i < interfaces.size(); i++) {
      nic(where + ", <interface> " + (i + 1), interfaces.get(i), ports).ifPresent(nics::add);
    }
    return new DomainDescription(Fields.uuid(where, uuid), domainName, nics, ports.remarks());
  }

  /** Those of cards of all kinds, as far as they are addresses. */
  private static Set<MacAddress> macs(List<Interface> interfaces) {
    Set<MacAddress> macs = new HashSet<>();
    for (Interface card : interfaces) {
      if (card.mac != null && card.mac.address() != null) {
        try {
          macs.add(MacAddress.parse(card.mac.address()));
        } catch (InvalidValueException refusedWhereItIsRead) {
          // It is no card's.
        }
      }
    }
    return macs;
  }

  /** Reads one card; empty if it cannot be plugged into a network of ours. */
  private static Optional<Nic> nic(String where, Interface card, PortMetadata ports)
      throws LibvirtXmlException {
    Nic.Type type;
    if ("network".equals(card.type)) {
      type = Nic.Type.NETWORK;
    } else if ("bridge".equals(card.type)) {
      type = Nic.Type.BRIDGE;
    } else {
      return Optional.empty();
    }
    if (card.source == null) {
      throw new LibvirtXmlException(where, "has no <source>, which names its network or bridge");
    }
    Optional<NetworkName> network;
    Optional<InterfaceName> bridge;
    try {
      network = Optional.ofNullable(card.source.network).map(NetworkName::new);
      bridge = Optional.ofNullable(card.source.bridge).map(InterfaceName::new);
    } catch (InvalidValueException nameThatNoneOfOursHas) {
      return Optional.empty();
    }
    if (network.isEmpty() && bridge.isEmpty()) {
      throw new LibvirtXmlException(where, "<source> names neither a network nor a bridge");
    }
    MacAddress mac = Fields.mac(where, card.mac == null ? null : card.mac.address());
    return Optional.of(
        new Nic(
            type,
            mac,
            network,
            bridge,
            Fields.optionalUuid(where, card.source.portid),
            Fields.deviceName(where, card.target == null ? null : card.target.dev),
            Optional.ofNullable(card.model).map(model -> model.type),
            ports.of(mac),
            mtu(where, card.mtu),
            ports.allowance(mac),
            barriers(card),
            card.link == null || !"down".equals(card.link.state)));
  }

  private static Barriers barriers(Interface card) {
    return new Barriers(
        card.port != null && "yes".equals(card.port.isolated),
        card.filter != null && card.filter.filter != null);
  }

  /** libvirt takes any number for it, and 0 for none; what no device can have it refuses later. */
  private static OptionalInt mtu(String where, Size mtu) throws LibvirtXmlException {
    if (mtu == null || mtu.size == null) {
      return OptionalInt.empty();
    }
    try {
      int bytes = Numbers.parse("size", mtu.size, 0, 65_535);
      return bytes == 0 ? OptionalInt.empty() : OptionalInt.of(bytes);
    } catch (InvalidValueException wrong) {
      throw new LibvirtXmlException(where, "<mtu>: " + wrong.getMessage());
    }
  }
}
