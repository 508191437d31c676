package io.vxland.tests.dataplane;

import io.vxland.model.IpAddress;
import io.vxland.tests.support.Netns;
import java.util.HexFormat;

/** Frames as a guest may send them, byte by byte, without asking its own kernel's leave. */
final class Frames {
  static final String ALL = "ff:ff:ff:ff:ff:ff";

  private static final String ALL_NODES = "ff02::1";
  private static final String ALL_NODES_MAC = "33:33:00:00:00:01";

  private Frames() {}

  /**
   * Sends a frame out of a device.
   *
   * @param hex the frame in hexadecimal digits, blanks and colons do not count
   */
  static void send(Netns netns, String device, String hex) {
    String digits = hex.replaceAll("[ :\n]", "");
    HexFormat.of().parseHex(digits);
    netns.run(
        "perl",
        "-MSocket",
        "-e",
        "socket(S, 17, 3, 0) or die $!; open F, '<', \"/sys/class/net/$ARGV[0]/ifindex\" or die $!;"
            + " my $i = <F>; send(S, pack('H*', $ARGV[1]), 0, pack('SnLSCCa8', 17, 3, $i, 0, 0, 6,"
            + " '')) or die $!",
        device,
        digits);
  }

  /** An ARP packet of one operation: 1 asks, 2 answers. */
  static String arp(String source, int operation, String senderMac, String sender, String target) {
    return ALL
        + source
        + "0806 0001 0800 0604 000"
        + operation
        + senderMac
        + ipv4(sender)
        + "000000000000"
        + ipv4(target);
  }

  /** What QEMU sends when a VM has arrived: a reverse ARP of its own MAC address. */
  static String rarp(String mac) {
    return ALL + mac + "8035 0001 0800 0604 0003" + mac + "00000000" + mac + "00000000";
  }

  /**
   * A neighbour solicitation (135) or advertisement (136) with a link-layer address option.
   *
   * @param options the options in hexadecimal digits
   */
  static String neighbour(
      String source, int type, String from, String to, String target, String options) {
    String message = String.format("%02x", type) + "00 0000 60000000" + ipv6(target) + options;
    int length = message.replaceAll("[ :]", "").length() / 2;
    return ALL_NODES_MAC
        + source
        + "86dd 60000000"
        + String.format("%04x", length)
        + "3aff"
        + ipv6(from)
        + ipv6(to)
        + message;
  }

  /** An option with a link-layer address: 1 the source's, 2 the target's. */
  static String option(int type, String mac) {
    return String.format("%02x01", type) + mac;
  }

  /** An IPv4 packet of UDP without anything in it. */
  static String udp(String destination, String source, String from, String to, int sourcePort) {
    String before = "4500001c000000004011";
    String after = ipv4(from) + ipv4(to);
    // br_netfilter drops a header whose checksum is wrong (RFC 791, RFC 1071).
    int sum = 0;
    String header = before + after;
    for (int i = 0; i < header.length(); i += 4) {
      sum += Integer.parseInt(header.substring(i, i + 4), 16);
    }
    sum = (sum & 0xFFFF) + (sum >>> 16);
    String checksum = String.format("%04x", ~(sum + (sum >>> 16)) & 0xFFFF);
    return destination
        + source
        + "0800"
        + before
        + checksum
        + after
        + String.format("%04x", sourcePort)
        + "004400080000";
  }

  /** An IPv6 packet of UDP without anything in it. */
  static String udp6(String source, String from, String to, int sourcePort) {
    return "33:33:00:01:00:02"
        + source
        + "86dd 60000000 0008 11ff"
        + ipv6(from)
        + ipv6(to)
        + String.format("%04x", sourcePort)
        + "02220008ffff";
  }

  /** A router advertisement (134) or redirect (137) without options. */
  static String router(String source, int type, String from) {
    return ALL_NODES_MAC
        + source
        + "86dd 60000000 0010 3aff"
        + ipv6(from)
        + ipv6("ff02::1")
        + String.format("%02x", type)
        + "000000400007080000000000000000";
  }

  /** A frame with one more tag (IEEE 802.1Q), of VLAN 0 where it says a priority only. */
  static String tagged(String protocol, int vlan, String frame) {
    String digits = frame.replaceAll("[ :\n]", "");
    return digits.substring(0, 24) + protocol + String.format("%04x", vlan) + digits.substring(24);
  }

  /** An IPv6 packet of UDP to all nodes, without anything in it. */
  static String udp6(String source, String from, int sourcePort) {
    return ALL_NODES_MAC
        + source
        + "86dd 60000000 0008 1140"
        + ipv6(from)
        + ipv6(ALL_NODES)
        + String.format("%04x", sourcePort)
        + "0222 0008 0000";
  }

  /** A router advertisement without options (RFC 4861, 4.2). */
  static String routerAdvertisement(String source) {
    return ALL_NODES_MAC
        + source
        + "86dd 60000000 0010 3aff"
        + ipv6("fe80::1")
        + ipv6(ALL_NODES)
        + "86000000 40000708 00000000 00000000";
  }

  /** A frame with tags before its type: of each, type and content in hexadecimal digits. */
  static String tagged(String tags, String frame) {
    String bare = frame.replaceAll("[ :\n]", "");
    return bare.substring(0, 24) + tags + bare.substring(24);
  }

  private static String ipv4(String address) {
    return String.format("%08x", IpAddress.parse(address).low() & 0xFFFF_FFFFL);
  }

  private static String ipv6(String address) {
    IpAddress parsed = IpAddress.parse(address);
    return String.format("%016x%016x", parsed.high(), parsed.low());
  }
}
