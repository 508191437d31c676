package io.vxland.model;

import java.util.Optional;

/** Which address of this host its tunnels start from: {@code [host] address}. */
public sealed interface HostAddress {

  /**
   * Parses an address, a subnet such as 10.99.0.0/24, or the name of a device. What looks like an
   * address is one: a device of such a name cannot be meant.
   *
   * @throws InvalidValueException if it is none of these, or a subnet has bits beyond its length
   */
  static HostAddress parse(String text) {
    if (text.indexOf('/') >= 0) {
      return parseSubnet(text);
    }
    return text.indexOf(':') >= 0 || text.matches("[0-9.]+")
        ? new Exact(Vtep.parse(text))
        : new On(parseDevice(text));
  }

  private static InterfaceName parseDevice(String text) {
    try {
      return new InterfaceName(text);
    } catch (InvalidValueException none) {
      throw new InvalidValueException(
          InvalidValueException.quote(text)
              + " is neither an address, nor a subnet, nor the name of a network device (host names"
              + " are not looked up)");
    }
  }

  private static HostAddress parseSubnet(String text) {
    Prefix subnet = Prefix.parse(text);
    if (subnet.length() == subnet.address().family().bits()) {
      return new Exact(new Vtep(subnet.address()));
    }
    if (!subnet.address().equals(subnet.first())) {
      throw new InvalidValueException(
          subnet
              + " is neither an address nor a subnet: write "
              + subnet.address()
              + " or "
              + new Prefix(subnet.first(), subnet.length()));
    }
    return new In(subnet);
  }

  /** The address itself, where it is demanded. */
  default Optional<Vtep> exact() {
    return Optional.empty();
  }

  /** This one and no other. */
  record Exact(Vtep vtep) implements HostAddress {
    @Override
    public Optional<Vtep> exact() {
      return Optional.of(vtep);
    }
  }

  /** The one that is in a subnet. */
  record In(Prefix subnet) implements HostAddress {}

  /** That of a device, IPv4 before IPv6. */
  record On(InterfaceName device) implements HostAddress {}

  /** That of the device with the default route, IPv4 before IPv6. */
  record OfDefaultRoute() implements HostAddress {}
}
