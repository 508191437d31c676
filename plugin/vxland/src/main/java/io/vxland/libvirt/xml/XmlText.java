package io.vxland.libvirt.xml;

import org.xml.sax.Attributes;
import org.xml.sax.helpers.DefaultHandler;

/**
 * Writes XML the way libvirt and its users do: two spaces a level, single quotes, and metadata on
 * the line of its parent, its namespace declared where it is used.
 */
final class XmlText extends DefaultHandler {
  private final StringBuilder text = new StringBuilder();
  private int depth;
  private boolean tagOpen;
  private boolean childOnOwnLine;

  @Override
  public void startElement(String uri, String localName, String name, Attributes attributes) {
    boolean libvirts = uri.isEmpty();
    closeTag();
    if (libvirts && depth > 0) {
      newLine();
    }
    text.append('<').append(name);
    if (!libvirts) {
      String prefix = name.substring(0, Math.max(0, name.indexOf(':')));
      attribute(prefix.isEmpty() ? "xmlns" : "xmlns:" + prefix, uri);
    }
    for (int i = 0; i < attributes.getLength(); i++) {
      attribute(attributes.getQName(i), attributes.getValue(i));
    }
    tagOpen = true;
    childOnOwnLine = false;
    depth++;
  }

  @Override
  public void characters(char[] characters, int start, int length) {
    closeTag();
    escape(new String(characters, start, length));
  }

  @Override
  public void endElement(String uri, String localName, String name) {
    depth--;
    if (tagOpen) {
      text.append("/>");
      tagOpen = false;
    } else {
      if (childOnOwnLine) {
        newLine();
      }
      text.append("</").append(name).append('>');
    }
    childOnOwnLine = uri.isEmpty();
  }

  /** The document, with a line end. */
  @Override
  public String toString() {
    return text + "\n";
  }

  private void closeTag() {
    if (tagOpen) {
      text.append('>');
      tagOpen = false;
    }
  }

  private void newLine() {
    text.append('\n').append("  ".repeat(depth));
  }

  private void attribute(String name, String value) {
    text.append(' ').append(name).append("='");
    escape(value);
    text.append('\'');
  }

  private void escape(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '&' -> text.append("&amp;");
        case '<' -> text.append("&lt;");
        case '>' -> text.append("&gt;");
        case '\'' -> text.append("&apos;");
        case '\t', '\n', '\r' -> text.append("&#").append((int) c).append(';');
        default -> text.append(c);
      }
    }
  }
}
