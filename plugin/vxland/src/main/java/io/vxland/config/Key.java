package io.vxland.config;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Every key there is. */
enum Key {
  HOST_ADDRESS(Kind.HOST, "address", false),
  HOST_PORT(Kind.HOST, "port", false),
  BRIDGE_NAME_FALLBACK(Kind.HOST, "bridge-name-fallback", false),
  HOST_MSS_CLAMP(Kind.HOST, "mss-clamp", false),
  HOST_PORT_SECURITY(Kind.HOST, "port-security", false),
  HOST_UDP_CHECKSUM(Kind.HOST, "udp-checksum", false),
  HOST_UDP6_ZERO_CHECKSUM(Kind.HOST, "udp6-zero-checksum", false),
  MODE(Kind.CONTROL, "mode", false),
  CONTROL_PEERS(Kind.CONTROL, "peers", true),
  ACCEPT(Kind.CONTROL, "accept", true),
  ETCD_ENDPOINTS(Kind.ETCD, "endpoints", true),
  ETCD_PREFIX(Kind.ETCD, "prefix", false),
  ETCD_CA(Kind.ETCD, "ca", false),
  ETCD_CERTIFICATE(Kind.ETCD, "certificate", false),
  ETCD_KEY(Kind.ETCD, "key", false),
  ETCD_USER(Kind.ETCD, "user", false),
  ETCD_PASSWORD_FILE(Kind.ETCD, "password-file", false),
  ETCD_LEASE(Kind.ETCD, "lease", false),
  ETCD_GRACE(Kind.ETCD, "grace", false),
  ETCD_VNIS(Kind.ETCD, "vnis", false),
  EVPN_AS(Kind.EVPN, "as", false),
  EVPN_PEERS(Kind.EVPN, "peers", true),
  EVPN_REFLECTOR(Kind.EVPN, "route-reflector", false),
  EVPN_MANAGE(Kind.EVPN, "manage", false),
  EVPN_VTYSH(Kind.EVPN, "vtysh", false),
  URI(Kind.LIBVIRT, "uri", false),
  OVS_DATABASE(Kind.OVS, "database", false),
  OVS_DATAPATH(Kind.OVS, "datapath", false),
  VNI(Kind.NETWORK, "vni", false),
  BRIDGE(Kind.NETWORK, "bridge", false),
  PORT(Kind.NETWORK, "port", false),
  MTU(Kind.NETWORK, "mtu", false),
  LEARNING(Kind.NETWORK, "learning", false),
  AGEING(Kind.NETWORK, "ageing", false),
  MAX_LEARNED(Kind.NETWORK, "max-learned", false),
  PROXY(Kind.NETWORK, "proxy", false),
  SUPPRESS(Kind.NETWORK, "suppress", false),
  FLOOD(Kind.NETWORK, "flood", false),
  TTL(Kind.NETWORK, "ttl", false),
  MSS_CLAMP(Kind.NETWORK, "mss-clamp", false),
  ALLOW_UPLINK(Kind.NETWORK, "allow-uplink", false),
  ISOLATION(Kind.NETWORK, "isolation", false),
  PORT_SECURITY(Kind.NETWORK, "port-security", false),
  PEERS(Kind.NETWORK, "peers", true),
  REMOTE(Kind.NETWORK, "remote", false),
  GROUP(Kind.NETWORK, "group", false),
  ADDRESS(Kind.NETWORK, "address", true),
  ENTRY(Kind.NETWORK, "entry", true),
  UDP_CHECKSUM(Kind.NETWORK, "udp-checksum", false),
  UDP6_ZERO_CHECKSUM(Kind.NETWORK, "udp6-zero-checksum", false),
  TUNNEL(Kind.NETWORK, "tunnel", false),
  CHECKSUM(Kind.NETWORK, "checksum", false),
  FRAGMENT(Kind.NETWORK, "fragment", false),
  TOS(Kind.NETWORK, "tos", false),
  BFD(Kind.NETWORK, "bfd", false),
  TUNNELS(Kind.NETWORK, "tunnels", false);

  /** Every kind of section there is. */
  enum Kind {
    HOST("host"),
    CONTROL("control"),
    ETCD("etcd"),
    EVPN("evpn"),
    LIBVIRT("libvirt"),
    OVS("ovs"),
    NETWORK("network NAME");

    private final String title;

    Kind(String title) {
      this.title = title;
    }

    /** How the section's header reads, without brackets. */
    String title() {
      return title;
    }

    List<String> keys() {
      return Arrays.stream(Key.values())
          .filter(key -> key.kind == this)
          .map(key -> key.text)
          .toList();
    }
  }

  private final Kind kind;
  private final String text;
  private final boolean repeatable;

  Key(Kind kind, String text, boolean repeatable) {
    this.kind = kind;
    this.text = text;
    this.repeatable = repeatable;
  }

  Kind kind() {
    return kind;
  }

  /** How it is written. */
  String text() {
    return text;
  }

  /** Whether it may stand several times in a section, each adding to a list. */
  boolean repeatable() {
    return repeatable;
  }

  static Optional<Key> find(Kind kind, String text) {
    return Arrays.stream(values())
        .filter(key -> key.kind == kind && key.text.equals(text))
        .findFirst();
  }
}
