package io.vxland.libvirt.xml;

import static io.vxland.model.InvalidValueException.quote;

import jakarta.xml.bind.JAXBContext;
import jakarta.xml.bind.JAXBException;
import jakarta.xml.bind.Unmarshaller;
import javax.xml.stream.Location;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;

/**
 * Reads libvirt's documents, in UTF-8. Elements that are not known are skipped, for libvirt adds
 * some with each release. Refused are: more than 8 MiB, a document type, entities, elements nested
 * deeper than 256, more than 262,144 elements, another root element, anything not well-formed.
 */
public final class LibvirtXml {
  private LibvirtXml() {}

  /** Reads a domain: the standard input of a qemu hook, or virDomainGetXMLDesc. */
  public static DomainDescription domain(byte[] document) throws LibvirtXmlException {
    return read("domain", document, DomainBinding.class).describe();
  }

  /** Reads a network: virNetworkGetXMLDesc, or a file for {@code virsh net-define}. */
  public static NetworkDescription network(byte[] document) throws LibvirtXmlException {
    return read("network", document, NetworkBinding.class).describe();
  }

  /** Reads the standard input of a network hook. */
  public static HookData hookData(byte[] document) throws LibvirtXmlException {
    return read("hookData", document, HookBinding.class).describe();
  }

  /** Made on first use: 0.2 s that a daemon need not spend before it is ready. */
  private static final class Lazy {
    static final JAXBContext CONTEXT = context();

    private static JAXBContext context() {
      try {
        return JAXBContext.newInstance(
            DomainBinding.class, NetworkBinding.class, HookBinding.class);
      } catch (JAXBException e) {
        throw new IllegalStateException("JAXB does not take our binding classes", e);
      }
    }
  }

  private static <T> T read(String root, byte[] document, Class<T> type)
      throws LibvirtXmlException {
    String where = root + " XML";
    try {
      BoundedReader reader = BoundedReader.open(document);
      while (reader.getEventType() != XMLStreamConstants.START_ELEMENT) {
        reader.next();
      }
      if (!reader.getLocalName().equals(root) || reader.getNamespaceURI() != null) {
        throw new LibvirtXmlException(
            where,
            "the root element is " + quote(reader.getLocalName()) + "; <" + root + "> is right");
      }
      Unmarshaller unmarshaller = Lazy.CONTEXT.createUnmarshaller();
      T result = unmarshaller.unmarshal(reader, type).getValue();
      while (reader.hasNext()) {
        reader.next();
      }
      return result;
    } catch (XMLStreamException e) {
      throw refusal(where, e);
    } catch (JAXBException e) {
      throw e.getLinkedException() instanceof XMLStreamException cause
          ? refusal(where, cause)
          : new LibvirtXmlException(where, "is not readable: " + e.getMessage(), e);
    }
  }

  private static LibvirtXmlException refusal(String where, XMLStreamException cause) {
    Location at = cause.getLocation();
    String place =
        at == null || at.getLineNumber() < 1
            ? where
            : where + ", line " + at.getLineNumber() + ", column " + at.getColumnNumber();
    return new LibvirtXmlException(place, reason(cause), cause);
  }

  /** The reason without the place, which XMLStreamException puts before it on a line of its own. */
  private static String reason(XMLStreamException cause) {
    String message = String.valueOf(cause.getMessage());
    int marker = message.indexOf("Message: ");
    String reason = marker < 0 ? message : message.substring(marker + "Message: ".length());
    String quoted = quote(reason.strip());
    return quoted.substring(1, quoted.length() - 1);
  }
}
