package io.vxland.libvirt.xml;

import jakarta.xml.bind.Unmarshaller;
import jakarta.xml.bind.annotation.XmlAccessType;
import jakarta.xml.bind.annotation.XmlAccessorType;
import jakarta.xml.bind.annotation.XmlAnyAttribute;
import jakarta.xml.bind.annotation.XmlAttribute;
import jakarta.xml.bind.annotation.XmlElement;
import jakarta.xml.bind.annotation.XmlRootElement;
import jakarta.xml.bind.annotation.XmlTransient;
import jakarta.xml.bind.annotation.XmlType;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import javax.xml.namespace.QName;

/** What templates can hold. All of it: what a binding does not know would be lost in rendering. */
final class TemplateBinding {
  private TemplateBinding() {}

  /** A document in whose texts placeholders can be replaced. */
  interface Fillable {
    void fill(UnaryOperator<String> filling);
  }

  /** JAXB reports unknown elements, but drops unknown attributes in silence. */
  @XmlTransient
  @XmlAccessorType(XmlAccessType.FIELD)
  abstract static class Strict {
    @XmlAnyAttribute private Map<QName, String> others = new HashMap<>();

    /** Called by JAXB. */
    void afterUnmarshal(Unmarshaller unmarshaller, Object parent) {
      if (!others.isEmpty()) {
        throw new IllegalArgumentException("unknown attribute " + others.keySet());
      }
    }
  }

  /** {@code <network>}. */
  @XmlRootElement(name = "network")
  @XmlType(propOrder = {"name", "metadata", "forward", "bridge", "virtualPort", "vlan"})
  @XmlAccessorType(XmlAccessType.FIELD)
  static final class Network extends Strict implements Fillable {
    @XmlElement private String name;
    @XmlElement private Metadata metadata;
    @XmlElement private Forward forward;
    @XmlElement private Bridge bridge;

    @XmlElement(name = "virtualport")
    private VirtualPort virtualPort;

    @XmlElement private Vlan vlan;

    @Override
    public void fill(UnaryOperator<String> filling) {
      name = filling.apply(name);
      if (metadata != null && metadata.overlay != null) {
        metadata.overlay.vni = filling.apply(metadata.overlay.vni);
        metadata.overlay.template = filling.apply(metadata.overlay.template);
        metadata.overlay.shared = emptyToNull(filling.apply(metadata.overlay.shared));
        metadata.overlay.flood = emptyToNull(filling.apply(metadata.overlay.flood));
        metadata.overlay.security = emptyToNull(filling.apply(metadata.overlay.security));
      }
      if (forward != null) {
        forward.mode = filling.apply(forward.mode);
      }
      if (bridge != null) {
        bridge.name = filling.apply(bridge.name);
      }
      if (virtualPort != null) {
        virtualPort.type = filling.apply(virtualPort.type);
      }
      if (vlan != null && vlan.tag != null) {
        vlan.tag.id = filling.apply(vlan.tag.id);
        vlan = vlan.tag.id.isEmpty() ? null : vlan;
      }
    }
  }

  private static String emptyToNull(String text) {
    return text == null || text.isEmpty() ? null : text;
  }

  @XmlAccessorType(XmlAccessType.FIELD)
  static final class Metadata extends Strict {
    @XmlElement(namespace = Overlays.NAMESPACE)
    private Overlay overlay;
  }

  @XmlAccessorType(XmlAccessType.FIELD)
  static final class Overlay extends Strict {
    @XmlAttribute private String vni;
    @XmlAttribute private String template;

    /** Left out where the network is this host's own. */
    @XmlAttribute private String shared;

    /** Left out where all is flooded. */
    @XmlAttribute private String flood;

    /** Left out where it is the default. */
    @XmlAttribute(name = "port-security")
    private String security;
  }

  @XmlAccessorType(XmlAccessType.FIELD)
  static final class Forward extends Strict {
    @XmlAttribute private String mode;
  }

  @XmlAccessorType(XmlAccessType.FIELD)
  static final class Bridge extends Strict {
    @XmlAttribute private String name;
  }

  @XmlAccessorType(XmlAccessType.FIELD)
  static final class VirtualPort extends Strict {
    @XmlAttribute private String type;
  }

  /** Left out where the network has no tag. */
  @XmlAccessorType(XmlAccessType.FIELD)
  static final class Vlan extends Strict {
    @XmlElement private Tag tag;
  }

  @XmlAccessorType(XmlAccessType.FIELD)
  static final class Tag extends Strict {
    @XmlAttribute private String id;
  }

  /** {@code <interface>} of a domain. */
  @XmlRootElement(name = "interface")
  @XmlType(propOrder = {"source", "model", "mtu"})
  @XmlAccessorType(XmlAccessType.FIELD)
  static final class Interface extends Strict implements Fillable {
    @XmlAttribute private String type;
    @XmlElement private Source source;
    @XmlElement private Model model;
    @XmlElement private Mtu mtu;

    @Override
    public void fill(UnaryOperator<String> filling) {
      type = filling.apply(type);
      if (source != null) {
        source.network = filling.apply(source.network);
      }
      if (model != null) {
        model.type = filling.apply(model.type);
      }
      if (mtu != null) {
        mtu.size = filling.apply(mtu.size);
      }
    }
  }

  @XmlAccessorType(XmlAccessType.FIELD)
  static final class Source extends Strict {
    @XmlAttribute private String network;
  }

  @XmlAccessorType(XmlAccessType.FIELD)
  static final class Model extends Strict {
    @XmlAttribute private String type;
  }

  @XmlAccessorType(XmlAccessType.FIELD)
  static final class Mtu extends Strict {
    @XmlAttribute private String size;
  }
}
