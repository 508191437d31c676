package io.vxland.model;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a network's administrator can choose about its overlay.
 *
 * @param port UDP port of the tunnel
 * @param mtu the tenant's MTU; empty: what the underlay leaves
 * @param learning whether the kernel learns remote places from received frames
 * @param ageing seconds after which a learned place is forgotten; empty: the kernel's 300
 * @param proxy whether the VXLAN device answers ARP and ND from its neighbour table
 * @param suppress whether the bridge answers ARP and ND from its neighbour table instead of sending
 *     them into the tunnel
 * @param flood which frames without a known place go to every peer
 * @param ttl outer TTL; empty: the kernel's choice
 * @param replication where flooded frames go
 * @param addresses the host's own addresses in the network
 * @param entries machines with a fixed place
 * @param ovs what a network on Open vSwitch has beside
 * @param mostLearned how many MACs its bridge and its VXLAN device learn, each
 * @param clamp whether TCP connections through the tunnel are kept to segments that fit
 * @param security what its NICs may send, unless a VM's metadata say otherwise of one
 * @param uplink whether its bridge may have a port to another network, as that of a gateway has
 * @param checksums in the outer UDP header
 * @param isolation whether isolated ports are isolated from those of other hosts, too: by a mark in
 *     the VXLAN header, which all hosts of the network must know
 */
public record OverlayOptions(
    UdpPort port,
    Optional<Mtu> mtu,
    boolean learning,
    OptionalInt ageing,
    boolean proxy,
    boolean suppress,
    Flooding flood,
    OptionalInt ttl,
    Replication replication,
    List<Prefix> addresses,
    List<StaticEntry> entries,
    SwitchOptions ovs,
    int mostLearned,
    boolean clamp,
    PortSecurity security,
    boolean uplink,
    Checksums checksums,
    boolean isolation) {

  /** How many MACs a network learns by default. */
  public static final int DEFAULT_LEARNED = 16_384;

  /** The most that can be asked for. */
  public static final int MAX_LEARNED = 1_000_000;

  /** Most static entries of one network. */
  public static final int MAX_ENTRIES = 65_536;

  /** Most addresses of the host in one network. */
  public static final int MAX_ADDRESSES = 64;

  /** Where frames go that have no known place. */
  public sealed interface Replication {
    /** The hosts that it names. */
    default List<Vtep> hosts() {
      return List.of();
    }

    /** To every peer that the control plane knows: head-end replication. */
    record ControlPlane() implements Replication {}

    /** To the peers of a list that is this network's own: head-end replication. */
    record Peers(List<Vtep> peers) implements Replication {
      /** Copies the list. */
      public Peers {
        peers = List.copyOf(peers);
      }

      @Override
      public List<Vtep> hosts() {
        return peers;
      }
    }

    /** To one peer, as the VXLAN device's own remote: a point-to-point tunnel. */
    record Remote(Vtep peer) implements Replication {
      @Override
      public List<Vtep> hosts() {
        return List.of(peer);
      }
    }

    /** To an underlay multicast group (RFC 7348, section 4.2). */
    record Group(IpAddress group) implements Replication {
      /** Refuses an address that is no group. */
      public Group {
        if (!group.isMulticast()) {
          throw new InvalidValueException("group " + group + " is not a multicast address");
        }
      }
    }
  }

  /** What a network has of which nothing is said. */
  public static final OverlayOptions DEFAULTS =
      new OverlayOptions(
          UdpPort.VXLAN,
          Optional.empty(),
          true,
          OptionalInt.empty(),
          false,
          false,
          Flooding.ALL,
          OptionalInt.empty(),
          new Replication.ControlPlane(),
          List.of(),
          List.of(),
          SwitchOptions.DEFAULTS);

  /** The same where a control plane tells every place: nothing is learned, and all is answered. */
  public static final OverlayOptions TOLD =
      new OverlayOptions(
          DEFAULTS.port,
          DEFAULTS.mtu,
          false,
          DEFAULTS.ageing,
          DEFAULTS.proxy,
          true,
          DEFAULTS.flood,
          DEFAULTS.ttl,
          DEFAULTS.replication,
          DEFAULTS.addresses,
          DEFAULTS.entries,
          DEFAULTS.ovs);

  /** Options of a network that learns {@link #DEFAULT_LEARNED} MACs and clamps TCP segments. */
  public OverlayOptions(
      UdpPort port,
      Optional<Mtu> mtu,
      boolean learning,
      OptionalInt ageing,
      boolean proxy,
      boolean suppress,
      Flooding flood,
      OptionalInt ttl,
      Replication replication,
      List<Prefix> addresses,
      List<StaticEntry> entries,
      SwitchOptions ovs) {
    this(
        port,
        mtu,
        learning,
        ageing,
        proxy,
        suppress,
        flood,
        ttl,
        replication,
        addresses,
        entries,
        ovs,
        DEFAULT_LEARNED,
        true,
        PortSecurity.KNOWN,
        false,
        Checksums.DEFAULTS,
        false);
  }

  /** The same with TCP's segments kept to what fits, or not. */
  public OverlayOptions clamping(boolean other) {
    return with(port, flood, ovs, mostLearned, other, security, uplink, checksums, isolation);
  }

  /** The same on another UDP port. */
  public OverlayOptions on(UdpPort other) {
    return with(other, flood, ovs, mostLearned, clamp, security, uplink, checksums, isolation);
  }

  /** The same, but for what is flooded. */
  public OverlayOptions with(Flooding other) {
    return with(port, other, ovs, mostLearned, clamp, security, uplink, checksums, isolation);
  }

  /** The same with something else for Open vSwitch. */
  public OverlayOptions with(SwitchOptions other) {
    return with(port, flood, other, mostLearned, clamp, security, uplink, checksums, isolation);
  }

  /** The same with other rules for what NICs may send. */
  public OverlayOptions with(PortSecurity other) {
    return with(port, flood, ovs, mostLearned, clamp, other, uplink, checksums, isolation);
  }

  /** The same with another bound on what is learned. */
  public OverlayOptions learningAtMost(int macs) {
    return with(port, flood, ovs, macs, clamp, security, uplink, checksums, isolation);
  }

  /** The same, and its bridge may have a port to another network. */
  public OverlayOptions withUplink() {
    return with(port, flood, ovs, mostLearned, clamp, security, true, checksums, isolation);
  }

  /** The same, and isolated ports are isolated across hosts. */
  public OverlayOptions isolating() {
    return with(port, flood, ovs, mostLearned, clamp, security, uplink, checksums, true);
  }

  /** The same with other checksums. */
  public OverlayOptions with(Checksums others) {
    return with(port, flood, ovs, mostLearned, clamp, security, uplink, others, isolation);
  }

  private OverlayOptions with(
      UdpPort newPort,
      Flooding newFlood,
      SwitchOptions newOvs,
      int newLearned,
      boolean newClamp,
      PortSecurity newSecurity,
      boolean newUplink,
      Checksums newChecksums,
      boolean newIsolation) {
    return new OverlayOptions(
        newPort,
        mtu,
        learning,
        ageing,
        proxy,
        suppress,
        newFlood,
        ttl,
        replication,
        addresses,
        entries,
        newOvs,
        newLearned,
        newClamp,
        newSecurity,
        newUplink,
        newChecksums,
        newIsolation);
  }

  /** Copies the lists and checks counts and ranges. */
  public OverlayOptions {
    addresses = List.copyOf(addresses);
    entries = List.copyOf(entries);
    ageing.ifPresent(seconds -> Numbers.inRange("ageing", seconds, 1, 1_000_000));
    ttl.ifPresent(hops -> Numbers.inRange("ttl", hops, 1, 255));
    Numbers.inRange("max-learned", mostLearned, 1, MAX_LEARNED);
    Numbers.inRange("number of addresses", addresses.size(), 0, MAX_ADDRESSES);
    Numbers.inRange("number of static entries", entries.size(), 0, MAX_ENTRIES);
  }
}
