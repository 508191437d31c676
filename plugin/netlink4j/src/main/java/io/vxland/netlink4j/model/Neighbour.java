package io.vxland.netlink4j.model;

/**
 * A neighbour: behind which link layer address an IP address is, ARP and ND.
 *
 * @param ifindex the device
 * @param address the IP address
 * @param linkAddress its link layer address; null for none, as in a proxy entry or an unresolved
 *     one
 * @param state {@code NUD_*} of {@link EntryState}
 * @param flags {@code NTF_*} of {@link EntryState}
 * @param protocol who wrote it, {@code RTPROT_*}; 0 for unsaid. Linux 5.2 or newer
 */
public record Neighbour(
    int ifindex, IpAddress address, LinkAddress linkAddress, int state, int flags, int protocol)
    implements Subject {
  public Neighbour {
    Checks.ifindex(ifindex);
    Checks.range("state", state, 0, 0xffff);
    Checks.range("flags", flags, 0, 0xff);
    Checks.range("protocol", protocol, 0, 0xff);
  }

  /** A neighbour that stays until it is deleted. */
  public static Neighbour permanent(int ifindex, IpAddress address, LinkAddress linkAddress) {
    return new Neighbour(ifindex, address, linkAddress, EntryState.PERMANENT, 0, 0);
  }

  public Neighbour withState(int value) {
    return new Neighbour(ifindex, address, linkAddress, value, flags, protocol);
  }

  public Neighbour withFlags(int value) {
    return new Neighbour(ifindex, address, linkAddress, state, value, protocol);
  }

  public Neighbour withProtocol(int value) {
    return new Neighbour(ifindex, address, linkAddress, state, flags, value);
  }

  /** Whether it stays until it is deleted. */
  public boolean isPermanent() {
    return (state & EntryState.PERMANENT) != 0;
  }

  /** Whether a control plane wrote it ({@code NTF_EXT_LEARNED}). */
  public boolean isExternallyLearned() {
    return (flags & EntryState.EXT_LEARNED) != 0;
  }
}
