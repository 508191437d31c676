package io.vxland.model;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

/**
 * A VM's card on this host, plugged into a network of ours.
 *
 * @param domain the VM's UUID
 * @param domainName the VM's name
 * @param mac the card
 * @param vni the network
 * @param bridge the bridge it is plugged into
 * @param tap the tap device; empty before libvirt has made it
 * @param portId libvirt's id of the network port, where it has one
 * @param state where the VM runs, as seen from here
 * @param addresses the card's addresses as far as they are known, ascending
 * @param named whether the VM's metadata name the addresses; else its guest was seen to use them
 * @param mtu the largest IP packet, in bytes, that the guest sends unless it was told otherwise;
 *     empty before libvirt's description of the VM was read
 * @param allowance what the VM's metadata let it send
 * @param barriers what libvirt keeps it from
 * @param linked whether its link is up; if it is down, the guest neither sends nor receives
 */
public record LocalPort(
    UUID domain,
    String domainName,
    MacAddress mac,
    Vni vni,
    InterfaceName bridge,
    Optional<InterfaceName> tap,
    Optional<UUID> portId,
    State state,
    List<IpAddress> addresses,
    boolean named,
    OptionalInt mtu,
    Allowance allowance,
    Barriers barriers,
    boolean linked)
    implements Comparable<LocalPort> {

  /** Most addresses of one card. */
  public static final int MAX_ADDRESSES = 64;

  /** Where the VM runs, as seen from this host. */
  public enum State {
    /** It is being migrated to this host and still runs elsewhere. */
    INCOMING,
    /** It runs here, or is paused here by its owner. */
    HERE,
    /** It was paused by a migration away from here; it may come back. */
    LEAVING
  }

  /**
   * What tells one port from another: a VM has a MAC address once in a network. While libvirt moves
   * a NIC from one network to another it has a port in both.
   */
  public record Key(UUID domain, Vni vni, MacAddress mac) implements Comparable<Key> {
    @Override
    public int compareTo(Key other) {
      int byDomain = domain.compareTo(other.domain);
      int byMac = byDomain != 0 ? byDomain : mac.compareTo(other.mac);
      return byMac != 0 ? byMac : vni.compareTo(other.vni);
    }
  }

  /**
   * A port with the addresses that its VM's metadata name, which allow it nothing else, with its
   * link up; of its MTU nothing is known.
   */
  public LocalPort(
      UUID domain,
      String domainName,
      MacAddress mac,
      Vni vni,
      InterfaceName bridge,
      Optional<InterfaceName> tap,
      Optional<UUID> portId,
      State state,
      List<IpAddress> addresses) {
    this(
        domain,
        domainName,
        mac,
        vni,
        bridge,
        tap,
        portId,
        state,
        addresses,
        !addresses.isEmpty(),
        OptionalInt.empty(),
        Allowance.NONE,
        Barriers.NONE,
        true);
  }

  /** A card of whose addresses nothing is known. */
  public LocalPort(
      UUID domain,
      String domainName,
      MacAddress mac,
      Vni vni,
      InterfaceName bridge,
      Optional<InterfaceName> tap,
      Optional<UUID> portId,
      State state) {
    this(domain, domainName, mac, vni, bridge, tap, portId, state, List.of());
  }

  /** Checks that the card's MAC address is one card's, and sorts the addresses. */
  public LocalPort {
    addresses = addresses.stream().sorted().distinct().toList();
    named = named && !addresses.isEmpty();
    Numbers.inRange("addresses of " + mac, addresses.size(), 0, MAX_ADDRESSES);
    mtu.ifPresent(bytes -> Numbers.inRange("MTU of " + mac, bytes, 1, 65_535));
    if (!mac.isUnicast()) {
      throw new InvalidValueException(
          "VM '" + domainName + "': MAC address " + mac + " is a multicast address or zero");
    }
  }

  /** Returns what tells this port from others. */
  public Key key() {
    return new Key(domain, vni, mac);
  }

  /** Whether it can send and receive on this host: its VM runs here, and its link is up. */
  public boolean isHere() {
    return state == State.HERE && linked;
  }

  /** The same port with its link up or down. */
  public LocalPort linked(boolean up) {
    return with(tap, portId, state, addresses, named, allowance, up);
  }

  /** The same port by another network port of libvirt, or by none. */
  public LocalPort by(Optional<UUID> newPortId) {
    return with(tap, newPortId, state, addresses, named, allowance, linked);
  }

  /** The same port in another state. */
  public LocalPort in(State newState) {
    return with(tap, portId, newState, addresses, named, allowance, linked);
  }

  /** The same port with addresses that its guest was seen to use. */
  public LocalPort withSeen(List<IpAddress> seen) {
    return with(tap, portId, state, seen, false, allowance, linked);
  }

  /** The same port with other addresses that the VM's metadata name. */
  public LocalPort with(List<IpAddress> newAddresses) {
    return with(tap, portId, state, newAddresses, true, allowance, linked);
  }

  /** The same port with another tap, or none. */
  public LocalPort on(Optional<InterfaceName> newTap) {
    return with(newTap, portId, state, addresses, named, allowance, linked);
  }

  /** The same port with something else that the VM's metadata allow it. */
  public LocalPort allowed(Allowance other) {
    return with(tap, portId, state, addresses, named, other, linked);
  }

  private LocalPort with(
      Optional<InterfaceName> newTap,
      Optional<UUID> newPortId,
      State newState,
      List<IpAddress> newAddresses,
      boolean newNamed,
      Allowance newAllowance,
      boolean newLinked) {
    return new LocalPort(
        domain,
        domainName,
        mac,
        vni,
        bridge,
        newTap,
        newPortId,
        newState,
        newAddresses,
        newNamed,
        mtu,
        newAllowance,
        barriers,
        newLinked);
  }

  @Override
  public int compareTo(LocalPort other) {
    return key().compareTo(other.key());
  }
}
