package io.vxland.libvirt.xml;

import static io.vxland.model.InvalidValueException.quote;

import io.vxland.model.InvalidValueException;
import io.vxland.model.IpAddress;
import io.vxland.model.LocalPort;
import io.vxland.model.MacAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a VM's metadata say of its cards: the elements {@code <port mac='...' addresses='...'/>} of
 * {@link #NAMESPACE}. One that cannot be taken is left out with a remark; the others count.
 *
 * <p>libvirt keeps one element of a namespace in {@code <metadata>} and drops the others without a
 * word (virxml.c: virXMLNodeSanitizeNamespaces), so several stand in one {@code <ports>}.
 */
final class PortMetadata {
  /** The namespace of our elements in a domain's {@code <metadata>}. */
  static final String NAMESPACE = "urn:vxland:port:1";

  /** Most elements of one VM, and most remarks about them. */
  private static final int MAX_PORTS = 256;

  private static final int MAX_REMARKS = 16;
  private static final Set<String> ATTRIBUTES = Set.of("mac", "addresses");

  private final Map<MacAddress, List<IpAddress>> named = new TreeMap<>();
  private final List<String> remarks = new ArrayList<>();

  private PortMetadata() {}

  /**
   * Reads the elements.
   *
   * @param elements the attributes of each
   * @param cards the MAC addresses of all the VM's cards
   */
  static PortMetadata read(List<Map<String, String>> elements, Collection<MacAddress> cards) {
    PortMetadata metadata = new PortMetadata();
    if (elements.size() > MAX_PORTS) {
      metadata.remarks.add(
          "<metadata> has "
              + elements.size()
              + " <port> elements, more than "
              + MAX_PORTS
              + "; none of them counts");
      return metadata;
    }
    for (int i = 0; i < elements.size(); i++) {
      try {
        metadata.add(elements.get(i), cards);
      } catch (InvalidValueException refused) {
        metadata.remark("<metadata>, <port> " + (i + 1) + ": " + refused.getMessage());
      }
    }
    return metadata;
  }

  private void remark(String text) {
    if (remarks.size() < MAX_REMARKS) {
      remarks.add(text + "; it is left out");
    }
  }

  private void add(Map<String, String> attributes, Collection<MacAddress> cards) {
    Set<String> unknown = new TreeSet<>(attributes.keySet());
    unknown.removeAll(ATTRIBUTES);
    if (!unknown.isEmpty()) {
      throw new InvalidValueException(
          "has the unknown attribute "
              + quote(unknown.iterator().next())
              + ", it can have 'mac' and 'addresses'");
    }
    MacAddress mac = MacAddress.parseUnicast(required(attributes, "mac", "52:54:00:12:34:56"));
    if (named.containsKey(mac)) {
      throw new InvalidValueException(mac + " has a <port> already, name all addresses there");
    }
    List<IpAddress> addresses = addresses(required(attributes, "addresses", "10.0.0.7, fd00::7"));
    if (!cards.contains(mac)) {
      throw new InvalidValueException(
          "the VM has no card " + mac + ", write the MAC address of one of its <interface>s");
    }
    named.put(mac, addresses);
  }

  private static String required(Map<String, String> attributes, String name, String example) {
    String text = attributes.get(name);
    if (text == null) {
      throw new InvalidValueException(
          "has no " + name + ", write " + name + "='" + example + "', say");
    }
    return text;
  }

  private static List<IpAddress> addresses(String text) {
    String[] words = text.split(",", LocalPort.MAX_ADDRESSES + 2);
    if (words.length > LocalPort.MAX_ADDRESSES) {
      throw new InvalidValueException(
          "has more than " + LocalPort.MAX_ADDRESSES + " addresses, the most of one card");
    }
    Set<IpAddress> addresses = new TreeSet<>();
    for (String word : words) {
      IpAddress address = IpAddress.parse(word.strip());
      if (!address.isMachines()) {
        throw new InvalidValueException(
            "address " + address + " is none that a machine can have, such as 10.0.0.7");
      }
      if (!addresses.add(address)) {
        throw new InvalidValueException("names " + address + " twice");
      }
    }
    return List.copyOf(addresses);
  }

  /** The addresses of a card; none if nothing is said of it. */
  List<IpAddress> of(MacAddress card) {
    return Optional.ofNullable(named.get(card)).orElse(List.of());
  }

  /** What was left out, and why. */
  List<String> remarks() {
    return remarks;
  }
}
