package io.vxland.libvirt.xml;

import static io.vxland.model.InvalidValueException.quote;

import io.vxland.model.InterfaceName;
import jakarta.xml.bind.annotation.XmlAccessType;
import jakarta.xml.bind.annotation.XmlAccessorType;
import jakarta.xml.bind.annotation.XmlAttribute;
import jakarta.xml.bind.annotation.XmlElement;
import java.util.Optional;

/** The parts of {@code <hookData>} that are read. */
@XmlAccessorType(XmlAccessType.FIELD)
final class HookBinding {
  @XmlElement private NetworkBinding network;
  @XmlElement private Port networkport;

  @XmlAccessorType(XmlAccessType.FIELD)
  static final class Port {
    @XmlElement private String uuid;
    @XmlElement private Owner owner;
    @XmlElement private DomainBinding.Mac mac;
    @XmlElement private Plug plug;
  }

  @XmlAccessorType(XmlAccessType.FIELD)
  static final class Owner {
    @XmlElement private String name;
    @XmlElement private String uuid;
  }

  @XmlAccessorType(XmlAccessType.FIELD)
  static final class Plug {
    @XmlAttribute private String bridge;
  }

  HookData describe() throws LibvirtXmlException {
    if (network == null) {
      throw new LibvirtXmlException("hook data", "has no <network>");
    }
    NetworkDescription description = network.describe();
    if (networkport == null) {
      return new HookData(description, Optional.empty());
    }
    String where = "network " + quote(description.name()) + ", <networkport>";
    return new HookData(description, Optional.of(port(where, networkport)));
  }

  private static PortDescription port(String where, Port port) throws LibvirtXmlException {
    if (port.owner == null) {
      throw new LibvirtXmlException(where, "has no <owner>");
    }
    Optional<InterfaceName> bridge =
        Fields.deviceName(where, port.plug == null ? null : port.plug.bridge);
    return new PortDescription(
        Fields.uuid(where, port.uuid),
        Fields.uuid(where + ", <owner>", port.owner.uuid),
        Fields.required(where + ", <owner>", "<name>", port.owner.name),
        Fields.mac(where, port.mac == null ? null : port.mac.address()),
        bridge);
  }
}
