package io.vxland.libvirt.xml;

import static io.vxland.model.InvalidValueException.quote;

import io.vxland.model.InterfaceName;
import io.vxland.model.InvalidValueException;
import io.vxland.model.NetworkName;
import jakarta.xml.bind.annotation.XmlAccessType;
import jakarta.xml.bind.annotation.XmlAccessorType;
import jakarta.xml.bind.annotation.XmlAttribute;
import jakarta.xml.bind.annotation.XmlElement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The parts of {@code <domain>} that are read; the rest is skipped without being kept. */
@XmlAccessorType(XmlAccessType.FIELD)
final class DomainBinding {
  @XmlElement private String name;
  @XmlElement private String uuid;
  @XmlElement private Devices devices;

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
    for (int i = 0; i < interfaces.size(); i++) {
      nic(where + ", <interface> " + (i + 1), interfaces.get(i)).ifPresent(nics::add);
    }
    return new DomainDescription(Fields.uuid(where, uuid), domainName, nics);
  }

  /** Reads one card; empty if it cannot be plugged into a network of ours. */
  private static Optional<Nic> nic(String where, Interface card) throws LibvirtXmlException {
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
    String address = card.mac == null ? null : card.mac.address();
    return Optional.of(
        new Nic(
            type,
            Fields.mac(where, address),
            network,
            bridge,
            Fields.optionalUuid(where, card.source.portid),
            Fields.deviceName(where, card.target == null ? null : card.target.dev),
            Optional.ofNullable(card.model).map(model -> model.type)));
  }
}
