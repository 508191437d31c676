package io.vxland.libvirt.xml;

import static io.vxland.model.InvalidValueException.quote;

import io.vxland.model.Flooding;
import io.vxland.model.InterfaceName;
import io.vxland.model.Mtu;
import io.vxland.model.Network;
import io.vxland.model.NetworkName;
import io.vxland.model.PortSecurity;
import io.vxland.model.VlanTag;
import jakarta.xml.bind.JAXBContext;
import jakarta.xml.bind.JAXBException;
import jakarta.xml.bind.Unmarshaller;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Renders the XML that users give to {@code virsh net-define} and put into a domain's {@code
 * <devices>}. A template is an XML file in whose texts {@code @word@} is a placeholder. It can hold
 * what {@link TemplateBinding} knows; anything else, an unknown placeholder too, is an error.
 */
public final class Templates {
  private static final Pattern PLACEHOLDER = Pattern.compile("@([a-z]+)@");

  private final Path directory;

  /**
   * Creates it; files are read when they are needed.
   *
   * @param directory where the templates are
   */
  public Templates(Path directory) {
    this.directory = directory;
  }

  /**
   * Renders a network's definition, from {@code <template>.xml}.
   *
   * @throws LibvirtXmlException if the file cannot be read, is no template, or makes another
   *     network than the one that was asked for
   */
  public String network(Network network) throws LibvirtXmlException {
    InterfaceName bridge = network.bridge().orElse(network.template().defaultBridge(network.vni()));
    Flooding flood = network.options().flood();
    PortSecurity security = network.options().security();
    Path file = directory.resolve(network.template() + ".xml");
    Map<String, String> values =
        Map.of(
            "name", network.name().value(),
            "vni", network.vni().toString(),
            "bridge", bridge.value(),
            "tag", network.tag().map(VlanTag::toString).orElse(""),
            "shared", network.origin() == Network.Origin.SHARED ? "yes" : "",
            "flood", flood == Flooding.ALL ? "" : flood.toString(),
            "security", security == PortSecurity.KNOWN ? "" : security.toString());
    String xml = render(file, "network", TemplateBinding.Network.class, values);
    NetworkDescription made = LibvirtXml.network(xml.getBytes(StandardCharsets.UTF_8));
    boolean asAsked =
        Overlays.networkOf(made, (name, vni) -> false)
            .filter(
                n ->
                    n.name().equals(network.name())
                        && n.vni().equals(network.vni())
                        && n.template() == network.template()
                        && n.tag().equals(network.tag())
                        && n.origin() == network.origin()
                        && n.options().flood() == flood
                        && n.options().security() == security
                        && n.bridge().equals(Optional.of(bridge)))
            .isPresent();
    if (!asAsked) {
      throw new LibvirtXmlException(
          "template " + file,
          "does not define network " + quote(network.name().value()) + " as requested");
    }
    return xml;
  }

  /**
   * Renders a card of a VM, from {@code domain-interface.xml}.
   *
   * @param network the network it is plugged into
   * @param mtu what the guest is told
   * @throws LibvirtXmlException if the file cannot be read or is no template
   */
  public String domainInterface(NetworkName network, Mtu mtu) throws LibvirtXmlException {
    return render(
        directory.resolve("domain-interface.xml"),
        "interface",
        TemplateBinding.Interface.class,
        Map.of("network", network.value(), "mtu", mtu.toString()));
  }

  /** Apart from {@link LibvirtXml}'s, as few daemons ever render anything. */
  private static final class Lazy {
    static final JAXBContext CONTEXT = context();

    private static JAXBContext context() {
      try {
        return JAXBContext.newInstance(
            TemplateBinding.Network.class, TemplateBinding.Interface.class);
      } catch (JAXBException e) {
        throw new IllegalStateException("JAXB does not take our binding classes", e);
      }
    }
  }

  private static <T extends TemplateBinding.Fillable> String render(
      Path file, String root, Class<T> type, Map<String, String> values)
      throws LibvirtXmlException {
    String where = "template " + file;
    T document;
    try (InputStream in = Files.newInputStream(file)) {
      Unmarshaller unmarshaller = Lazy.CONTEXT.createUnmarshaller();
      unmarshaller.setEventHandler(event -> false);
      byte[] bytes = in.readNBytes(BoundedReader.MAX_BYTES + 1);
      document = LibvirtXml.read(where, root, bytes, unmarshaller, type);
    } catch (IOException e) {
      throw new LibvirtXmlException(where, "cannot be read: " + e, e);
    } catch (JAXBException e) {
      throw new IllegalStateException(e);
    }
    Filling filling = new Filling(values);
    document.fill(filling::apply);
    if (filling.unknown.isPresent()) {
      throw new LibvirtXmlException(
          where,
          "has the unknown placeholder @"
              + filling.unknown.get()
              + "@; known placeholders: "
              + new TreeSet<>(values.keySet()));
    }
    try {
      XmlText text = new XmlText();
      Lazy.CONTEXT.createMarshaller().marshal(document, text);
      return text.toString();
    } catch (JAXBException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Replaces placeholders, and keeps the first that is not known. */
  private static final class Filling {
    private final Map<String, String> values;
    private Optional<String> unknown = Optional.empty();

    Filling(Map<String, String> values) {
      this.values = values;
    }

    String apply(String text) {
      return text == null ? null : PLACEHOLDER.matcher(text.strip()).replaceAll(this::value);
    }

    private String value(MatchResult placeholder) {
      String value = values.get(placeholder.group(1));
      if (value == null) {
        unknown = unknown.or(() -> Optional.of(placeholder.group(1)));
        return "";
      }
      return Matcher.quoteReplacement(value);
    }
  }
}
