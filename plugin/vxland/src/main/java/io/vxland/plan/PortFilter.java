package io.vxland.plan;

import io.vxland.model.InterfaceName;
import io.vxland.model.IpAddress;
import io.vxland.model.MacAddress;
import io.vxland.model.Vni;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * What the taps of a network may not send: MAC addresses and IP addresses that belong to somebody
 * else, and what else their administrator forbids.
 *
 * @param vni the network
 * @param macs every MAC address in the network whose owner is known, on any host
 * @param addresses every IP address in the network whose owner is known because somebody named it
 * @param ports the taps of this host
 */
public record PortFilter(
    Vni vni, Set<MacAddress> macs, Set<IpAddress> addresses, SortedMap<InterfaceName, Port> ports) {

  /** Rises when the same filter is written into the kernel in another way. */
  private static final long FORM = 2;

  /** What {@code port-security = strict} forbids a tap beside. */
  public enum Limit {
    /** A MAC address that is not its own, whoever has it. */
    OWN_MACS,
    /** An IP address that is not its own, whoever has it; IPv6 link-local addresses are free. */
    OWN_ADDRESSES,
    /** An answer of a DHCP or DHCPv6 server. */
    NO_DHCP_SERVER,
    /** A router advertisement or a redirect. */
    NO_ROUTER
  }

  /**
   * What a tap may send nevertheless.
   *
   * @param macs the MAC addresses of its VM in this network, and those that it is allowed
   * @param addresses the IP addresses that are named for its VM in this network, and those that it
   *     is allowed
   * @param limits what it may not send whoever it belongs to
   */
  public record Port(Set<MacAddress> macs, Set<IpAddress> addresses, Set<Limit> limits) {
    /** Copies the sets. */
    public Port {
      macs = Set.copyOf(macs);
      addresses = Set.copyOf(addresses);
      limits = Set.copyOf(limits);
    }

    /** One without limits. */
    public Port(Set<MacAddress> macs, Set<IpAddress> addresses) {
      this(macs, addresses, Set.of());
    }

    /** The addresses and the limits of this one and of another one. */
    Port and(Port other) {
      Set<MacAddress> allMacs = new HashSet<>(macs);
      allMacs.addAll(other.macs);
      Set<IpAddress> allAddresses = new HashSet<>(addresses);
      allAddresses.addAll(other.addresses);
      Set<Limit> allLimits = new HashSet<>(limits);
      allLimits.addAll(other.limits);
      return new Port(allMacs, allAddresses, allLimits);
    }
  }

  /** Copies the collections. */
  public PortFilter {
    macs = Set.copyOf(macs);
    addresses = Set.copyOf(addresses);
    ports = Collections.unmodifiableSortedMap(new TreeMap<>(ports));
  }

  /** A network without taps. */
  static PortFilter none(Vni vni) {
    return new PortFilter(vni, Set.of(), Set.of(), new TreeMap<>());
  }

  /** The same filter for some taps. */
  PortFilter only(Predicate<InterfaceName> which) {
    SortedMap<InterfaceName, Port> some = new TreeMap<>(ports);
    some.keySet().removeIf(tap -> !which.test(tap));
    return new PortFilter(vni, macs, addresses, some);
  }

  /** What this one and another one of the same network filter together. */
  public PortFilter and(PortFilter other) {
    Set<MacAddress> allMacs = new HashSet<>(macs);
    allMacs.addAll(other.macs);
    Set<IpAddress> allAddresses = new HashSet<>(addresses);
    allAddresses.addAll(other.addresses);
    SortedMap<InterfaceName, Port> allPorts = new TreeMap<>(ports);
    other.ports.forEach((tap, port) -> allPorts.merge(tap, port, Port::and));
    return new PortFilter(other.vni, allMacs, allAddresses, allPorts);
  }

  /**
   * Tells two filters apart that differ, but for one in 2^64. It does not depend on the order in
   * which anything came, nor on the process.
   */
  public long stamp() {
    long sum = mix(FORM, vni.value());
    sum += sum(1, macs, addresses);
    for (Map.Entry<InterfaceName, Port> port : ports.entrySet()) {
      long name = 2;
      for (byte letter : port.getKey().value().getBytes(StandardCharsets.UTF_8)) {
        name = mix(name, letter);
      }
      sum += mix(name, sum(name, port.getValue().macs(), port.getValue().addresses()));
      for (Limit limit : port.getValue().limits()) {
        sum += mix(name + 2, limit.name().hashCode());
      }
    }
    return sum;
  }

  private static long sum(long seed, Set<MacAddress> macs, Set<IpAddress> addresses) {
    long sum = 0;
    for (MacAddress mac : macs) {
      sum += mix(seed, mac.bits());
    }
    for (IpAddress address : addresses) {
      long family = mix(seed + 1, address.family() == IpAddress.Family.V4 ? 4 : 6);
      sum += mix(mix(family, address.high()), address.low());
    }
    return sum;
  }

  /** A step of SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators). */
  private static long mix(long seed, long value) {
    long z = seed * 0x9E3779B97F4A7C15L + value + 0x9E3779B97F4A7C15L;
    z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
    z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
    return z ^ z >>> 31;
  }
}
