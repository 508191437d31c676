package io.vxland.libvirt.xml;

import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import javax.xml.XMLConstants;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import javax.xml.stream.util.StreamReaderDelegate;

/**
 * A StAX reader that refuses what libvirt never writes: a document type, entity references, and
 * more depth or elements than libvirt itself would read.
 */
final class BoundedReader extends StreamReaderDelegate {
  /**
   * Bytes in one document. libvirt's own strings end at 4 MiB (virnetprotocol.x:
   * VIR_NET_MESSAGE_STRING_MAX); a hook can get a little more.
   */
  static final int MAX_BYTES = 8 << 20;

  /** Levels of elements; libxml2, and so libvirt, refuses more (parserInternals.h). */
  static final int MAX_DEPTH = 256;

  /** Elements in one document: a domain of 4 MiB has about 100,000. */
  static final int MAX_ELEMENTS = 1 << 18;

  /** Such as the JDK's MissingResourceException for a bad character in a document type. */
  private static final String PARSER_BUG = "is so malformed that the parser fails on it";

  private int depth;
  private int elements;

  private BoundedReader(XMLStreamReader reader) {
    super(reader);
  }

  static BoundedReader open(byte[] document) throws XMLStreamException {
    if (document.length > MAX_BYTES) {
      throw new XMLStreamException(
          "the document has " + document.length + " bytes, more than " + MAX_BYTES);
    }
    requireUtf8(document);
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_REPLACING_ENTITY_REFERENCES, false);
    factory.setProperty(XMLConstants.ACCESS_EXTERNAL_DTD, "");
    factory.setProperty(XMLConstants.ACCESS_EXTERNAL_SCHEMA, "");
    // The JDK's own limits differ from release to release: 24 lowered the depth to 100.
    factory.setProperty("jdk.xml.maxElementDepth", "0");
    factory.setProperty("jdk.xml.elementAttributeLimit", "200");
    factory.setXMLResolver(
        (publicId, systemId, base, namespace) -> {
          throw new XMLStreamException("external entities are not allowed");
        });
    try {
      return new BoundedReader(
          factory.createXMLStreamReader(new ByteArrayInputStream(document), "UTF-8"));
    } catch (RuntimeException bug) {
      throw new XMLStreamException(PARSER_BUG, bug);
    }
  }

  /** The JDK's parser would refuse it as well, but prints to stderr before it does. */
  private static void requireUtf8(byte[] document) throws XMLStreamException {
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    ByteBuffer bytes = ByteBuffer.wrap(document);
    CharBuffer thrownAway = CharBuffer.allocate(Math.min(8192, document.length + 1));
    CoderResult result = CoderResult.OVERFLOW;
    while (result.isOverflow()) {
      thrownAway.clear();
      result = decoder.decode(bytes, thrownAway, true);
    }
    if (result.isError()) {
      throw new XMLStreamException("byte " + (bytes.position() + 1) + " is not UTF-8");
    }
  }

  @Override
  public int next() throws XMLStreamException {
    int event;
    try {
      event = super.next();
    } catch (RuntimeException bug) {
      throw new XMLStreamException(PARSER_BUG, bug);
    }
    switch (event) {
      case XMLStreamConstants.DTD -> throw refusal("a document type (<!DOCTYPE>) is not allowed");
      case XMLStreamConstants.ENTITY_REFERENCE ->
          throw refusal("entity references are not allowed");
      case XMLStreamConstants.START_ELEMENT -> {
        depth++;
        elements++;
        if (depth > MAX_DEPTH) {
          throw refusal("elements are nested deeper than " + MAX_DEPTH);
        }
        if (elements > MAX_ELEMENTS) {
          throw refusal("there are more than " + MAX_ELEMENTS + " elements");
        }
      }
      case XMLStreamConstants.END_ELEMENT -> depth--;
      default -> {}
    }
    return event;
  }

  private XMLStreamException refusal(String why) {
    return new XMLStreamException(why, getLocation());
  }
}
