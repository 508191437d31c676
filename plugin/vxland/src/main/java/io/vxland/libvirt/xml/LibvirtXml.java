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
  /** Most bytes of a document: there is no use in reading more from anybody. */
  public static final int MAX_BYTES = BoundedReader.MAX_BYTES;

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
    try {
      return read(root + " XML", root, document, Lazy.CONTEXT.createUnmarshaller(), type);
    } catch (JAXBException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Unmarshals one document.
   *
   * @param where the document, for messages
   * @param root the name that its root element must have
   */
  static <T> T read(
      String where, String root, byte[] document, Unmarshaller unmarshaller, Class<T> type)
      throws LibvirtXmlException {
    try {
      BoundedReader reader = BoundedReader.open(document);
      while (reader.getEventType() != XMLStreamConstants.START_ELEMENT) {
        reader.next();
      }
      if (!reader.getLocalName().equals(root) || reader.getNamespaceURI() != null) {
        throw new LibvirtXmlException(
            where,
            "the root element is " + quote(reader.getLocalName()) + ", expected <" + root + ">");
      }
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
          : new LibvirtXmlException(where, "is not as expected: " + wordsOf(e), e);
    }
  }

  /** The first words in a chain of causes; JAXB's outermost exception often has none. */
  private static String wordsOf(Throwable e) {
    return e.getMessage() == null && e.getCause() != null
        ? wordsOf(e.getCause())
        : String.valueOf(e.getMessage());
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
