package io.vxland.directory;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vxland.json.MalformedJsonException;
import io.vxland.json.StrictJson;
import io.vxland.model.Flooding;
import io.vxland.model.InterfaceName;
import io.vxland.model.InvalidValueException;
import io.vxland.model.IpAddress;
import io.vxland.model.NetworkName;
import io.vxland.model.PortSecurity;
import io.vxland.model.SharedNetwork;
import io.vxland.model.Template;
import io.vxland.model.VlanTag;
import io.vxland.model.Vni;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Entries as the store has them: JSON under a {@linkplain Key key} that says most already. A value
 * that another version wrote with more keys is refused: such a schema has another prefix.
 */
public final class EntryText {
  /** The longest value, in bytes. */
  public static final int MAX_BYTES = 128 << 10;

  private EntryText() {}

  private record HostValue(String name) {}

  private record MemberValue() {}

  private record PortValue(long sequence, String domain, String vm, List<String> addresses) {}

  /** {@link PortValue} with addresses that an administrator names. */
  private record NamedPortValue(
      long sequence, String domain, String vm, List<String> addresses, boolean named) {}

  private record SequenceValue(long number) {}

  private record NetworkValue(
      int vni, String template, String bridge, int tag, String flood, boolean deleted) {}

  /** {@link NetworkValue} with another {@code port-security} than the usual one. */
  private record SecuredNetworkValue(
      int vni,
      String template,
      String bridge,
      int tag,
      String flood,
      String portSecurity,
      boolean deleted) {}

  private record AllocationValue(String network) {}

  /** The value of an entry, in UTF-8. */
  public static byte[] value(Entry entry) {
    return StrictJson.write(content(entry));
  }

  private static Record content(Entry entry) {
    if (entry instanceof Entry.Host host) {
      return new HostValue(host.name());
    } else if (entry instanceof Entry.Port port) {
      List<String> addresses = port.addresses().stream().map(IpAddress::toString).toList();
      String domain = port.domain().toString();
      return port.named()
          ? new NamedPortValue(port.sequence(), domain, port.vm(), addresses, true)
          : new PortValue(port.sequence(), domain, port.vm(), addresses);
    } else if (entry instanceof Entry.Sequence sequence) {
      return new SequenceValue(sequence.number());
    } else if (entry instanceof Entry.Network network) {
      return content(network.network(), network.deleted());
    } else if (entry instanceof Entry.Allocation allocation) {
      return new AllocationValue(allocation.network().value());
    }
    return new MemberValue();
  }

  private static Record content(SharedNetwork network, boolean deleted) {
    int vni = network.vni().value();
    String template = network.template().toString();
    String bridge = network.bridge().value();
    int tag = network.tag().map(VlanTag::id).orElse(0);
    String flood = network.flood().toString();
    String security = network.security().toString();
    return network.security() == PortSecurity.KNOWN
        ? new NetworkValue(vni, template, bridge, tag, flood, deleted)
        : new SecuredNetworkValue(vni, template, bridge, tag, flood, security, deleted);
  }

  /**
   * Reads what somebody has stored.
   *
   * @throws InvalidValueException if it is not an entry of this schema
   */
  public static Entry read(Key key, byte[] value) {
    if (value.length > MAX_BYTES) {
      throw new InvalidValueException(
          key.text() + ": a value of " + value.length + " bytes; at most " + MAX_BYTES);
    }
    try {
      return entry(key, value);
    } catch (MalformedJsonException | InvalidValueException refused) {
      throw new InvalidValueException(key.text() + ": " + refused.getMessage());
    }
  }

  private static Entry entry(Key key, byte[] value) throws MalformedJsonException {
    if (key instanceof Key.Host host) {
      return new Entry.Host(host.vtep(), StrictJson.read(value, HostValue.class).name());
    } else if (key instanceof Key.Member member) {
      StrictJson.read(value, MemberValue.class);
      return new Entry.Member(member.vtep(), member.vni());
    } else if (key instanceof Key.Port port) {
      return port(port, value);
    } else if (key instanceof Key.Sequence sequence) {
      return new Entry.Sequence(
          sequence.vni(), sequence.mac(), StrictJson.read(value, SequenceValue.class).number());
    } else if (key instanceof Key.Network network) {
      return network(network, value);
    } else if (key instanceof Key.Allocation allocation) {
      AllocationValue read = StrictJson.read(value, AllocationValue.class);
      return new Entry.Allocation(allocation.vni(), new NetworkName(read.network()));
    }
    throw new IllegalStateException("no such kind of key: " + key);
  }

  private static Entry port(Key.Port key, byte[] value) throws MalformedJsonException {
    NamedPortValue read;
    if (has(value, "named")) {
      read = StrictJson.read(value, NamedPortValue.class);
    } else {
      PortValue plain = StrictJson.read(value, PortValue.class);
      read =
          new NamedPortValue(
              plain.sequence(), plain.domain(), plain.vm(), plain.addresses(), false);
    }
    return new Entry.Port(
        key.vtep(),
        key.vni(),
        key.mac(),
        read.sequence(),
        uuid(read.domain()),
        read.vm(),
        read.addresses().stream().map(IpAddress::parse).toList(),
        read.named());
  }

  private static Entry network(Key.Network key, byte[] value) throws MalformedJsonException {
    SecuredNetworkValue read;
    if (has(value, "portSecurity")) {
      read = StrictJson.read(value, SecuredNetworkValue.class);
    } else {
      NetworkValue plain = StrictJson.read(value, NetworkValue.class);
      read =
          new SecuredNetworkValue(
              plain.vni(),
              plain.template(),
              plain.bridge(),
              plain.tag(),
              plain.flood(),
              PortSecurity.KNOWN.toString(),
              plain.deleted());
    }
    return new Entry.Network(
        new SharedNetwork(
            key.name(),
            new Vni(read.vni()),
            Template.parse(read.template()),
            new InterfaceName(read.bridge()),
            read.tag() == 0 ? Optional.empty() : Optional.of(new VlanTag(read.tag())),
            Flooding.parse(read.flood()),
            PortSecurity.parse(read.portSecurity())),
        read.deleted());
  }

  /** Whether a value has a key that is left out where it says the usual. */
  private static boolean has(byte[] value, String key) {
    return new String(value, UTF_8).contains('"' + key + "\":");
  }

  private static UUID uuid(String text) {
    try {
      UUID uuid = UUID.fromString(text);
      if (uuid.toString().equals(text)) {
        return uuid;
      }
    } catch (IllegalArgumentException refusedBelow) {
      // It is no UUID at all.
    }
    throw new InvalidValueException(InvalidValueException.quote(text) + " is not a UUID");
  }
}
