package io.vxland.libvirt.xml;

import static io.vxland.model.InvalidValueException.quote;

import io.vxland.model.Allowance;
import io.vxland.model.InvalidValueException;
import io.vxland.model.IpAddress;
import io.vxland.model.LocalPort;
import io.vxland.model.MacAddress;
import io.vxland.model.PortSecurity;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What a VM's metadata say of its NICs: the elements {@code <port mac='...' addresses='...'
 * port-security='...' allow='...'/>} of {@link #NAMESPACE}. One that cannot be taken is left out
 * with a remark; the others count.
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
  private static final Pattern MAC_ADDRESS = Pattern.compile("[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}");
  private static final String MAC = "mac";
  private static final String ADDRESSES = "addresses";
  private static final String SECURITY = "port-security";
  private static final String ALLOW = "allow";
  private static final List<String> ATTRIBUTES = List.of(MAC, ADDRESSES, SECURITY, ALLOW);
  private static final String DHCP_SERVER = "dhcp-server";
  private static final String ROUTER = "router";

  /** What is said of one NIC. */
  private record Said(List<IpAddress> addresses, Allowance allowance) {}

  private final Map<MacAddress, Said> said = new TreeMap<>();
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
              + "; all of them are ignored");
      return metadata;
    }
    for (int i = 0; i < elements.size(); i++) {
      try {
        metadata.add(elements.get(i), cards);
      } catch (InvalidValueException refused) {
        metadata.remark("<metadata>, <port> " + (i + 1) + " is ignored: " + refused.getMessage());
      }
    }
    return metadata;
  }

  private void remark(String text) {
    if (remarks.size() < MAX_REMARKS) {
      remarks.add(text);
    }
  }

  private void add(Map<String, String> attributes, Collection<MacAddress> cards) {
    Set<String> unknown = new TreeSet<>(attributes.keySet());
    ATTRIBUTES.forEach(unknown::remove);
    if (!unknown.isEmpty()) {
      throw new InvalidValueException(
          "has the unknown attribute "
              + quote(unknown.iterator().next())
              + "; it can have 'mac', 'addresses', 'port-security' and 'allow'");
    }
    MacAddress mac = MacAddress.parseUnicast(required(attributes, MAC, "52:54:00:12:34:56"));
    if (said.containsKey(mac)) {
      throw new InvalidValueException(
          mac + " already has a <port>; write everything into that one");
    }
    Allowance allowance = allowance(attributes);
    List<IpAddress> addresses =
        attributes.containsKey(ADDRESSES) || allowance.equals(Allowance.NONE)
            ? addresses(required(attributes, ADDRESSES, "10.0.0.7, fd00::7"))
            : List.of();
    if (!cards.contains(mac)) {
      throw new InvalidValueException(
          "the VM has no NIC " + mac + "; write the MAC address of one of its <interface>s");
    }
    said.put(mac, new Said(addresses, allowance));
  }

  private static String required(Map<String, String> attributes, String name, String example) {
    String text = attributes.get(name);
    if (text == null) {
      throw new InvalidValueException(
          "has no " + name + "; write, for example, " + name + "='" + example + "'");
    }
    return text;
  }

  private static List<IpAddress> addresses(String text) {
    String[] words = text.split(",", LocalPort.MAX_ADDRESSES + 2);
    if (words.length > LocalPort.MAX_ADDRESSES) {
      throw new InvalidValueException(
          "has more than " + LocalPort.MAX_ADDRESSES + " addresses, the maximum for one NIC");
    }
    Set<IpAddress> addresses = new TreeSet<>();
    for (String word : words) {
      IpAddress address = address(word.strip());
      if (!addresses.add(address)) {
        throw new InvalidValueException("names " + address + " twice");
      }
    }
    return List.copyOf(addresses);
  }

  private static IpAddress address(String text) {
    IpAddress address = IpAddress.parse(text);
    if (!address.isMachines()) {
      throw new InvalidValueException(
          address + " is not an address that a machine can have, such as 10.0.0.7");
    }
    return address;
  }

  private static Allowance allowance(Map<String, String> attributes) {
    Set<MacAddress> macs = new TreeSet<>();
    Set<IpAddress> addresses = new TreeSet<>();
    boolean dhcpServer = false;
    boolean router = false;
    String text = attributes.getOrDefault(ALLOW, "");
    String[] words = text.isEmpty() ? new String[0] : text.split(",", Allowance.MAX_FURTHER + 4);
    if (words.length > Allowance.MAX_FURTHER + 2) {
      throw new InvalidValueException(
          "allow has more than " + Allowance.MAX_FURTHER + " addresses");
    }
    for (String each : words) {
      String word = each.strip();
      boolean fresh;
      if (word.equals(DHCP_SERVER)) {
        fresh = !dhcpServer;
        dhcpServer = true;
      } else if (word.equals(ROUTER)) {
        fresh = !router;
        router = true;
      } else if (MAC_ADDRESS.matcher(word).matches()) {
        fresh = macs.add(MacAddress.parseUnicast(word));
      } else {
        fresh = addresses.add(address(word));
      }
      if (!fresh) {
        throw new InvalidValueException("allow lists " + word + " twice");
      }
    }
    return new Allowance(
        Optional.ofNullable(attributes.get(SECURITY)).map(PortSecurity::parse),
        macs,
        addresses,
        dhcpServer,
        router);
  }

  /** The addresses that are named for a NIC; none if nothing is said of it. */
  List<IpAddress> of(MacAddress nic) {
    return Optional.ofNullable(said.get(nic)).map(Said::addresses).orElse(List.of());
  }

  /** What else a NIC may send. */
  Allowance allowance(MacAddress nic) {
    return Optional.ofNullable(said.get(nic)).map(Said::allowance).orElse(Allowance.NONE);
  }

  /** What was left out, and why. */
  List<String> remarks() {
    return remarks;
  }
}
