package io.vxland.netlink4j.model;

/**
 * An entry of a forwarding database: of a bridge ({@link EntryState#MASTER}), or of the device
 * itself ({@link EntryState#SELF}), which for VXLAN says behind which VTEP a MAC address is. The
 * all-zeros MAC of a VXLAN device holds its default destinations, the replication list.
 *
 * <p>An entry to be written with both flags goes to both databases by one message.
 *
 * @param ifindex the device, or port
 * @param mac the address
 * @param dst remote VTEP; null for none
 * @param vni VNI to send with; 0 for the device's own
 * @param srcVni VNI to receive with, for external devices; 0 for none
 * @param port UDP port; 0 for the device's own
 * @param via index of the device to send out of; 0 for the route's
 * @param vlan VLAN in a bridge; 0 for none
 * @param state {@code NUD_*} of {@link EntryState}
 * @param flags {@code NTF_*} of {@link EntryState}
 * @param master index of the bridge, as reported; 0 for none. Not written
 */
public record FdbEntry(
    int ifindex,
    LinkAddress mac,
    IpAddress dst,
    int vni,
    int srcVni,
    int port,
    int via,
    int vlan,
    int state,
    int flags,
    int master)
    implements Subject {
  private static final int MAX_VNI = 0xffffff;

  public FdbEntry {
    Checks.ifindex(ifindex);
    Checks.range("VNI", vni, 0, MAX_VNI);
    Checks.range("source VNI", srcVni, 0, MAX_VNI);
    Checks.range("UDP port", port, 0, 0xffff);
    Checks.range("VLAN", vlan, 0, 4095);
    Checks.range("state", state, 0, 0xffff);
    Checks.range("flags", flags, 0, 0xff);
  }

  /**
   * A permanent entry of a device's own FDB, as {@code bridge fdb add} makes it: frames for a MAC
   * go to a VTEP.
   */
  public static FdbEntry remote(int ifindex, LinkAddress mac, IpAddress dst) {
    return new FdbEntry(
        ifindex,
        mac,
        dst,
        0,
        0,
        0,
        0,
        0,
        EntryState.NOARP | EntryState.PERMANENT,
        EntryState.SELF,
        0);
  }

  /** A static entry of a bridge's FDB: a MAC is behind a port. */
  public static FdbEntry behindPort(int ifindex, LinkAddress mac) {
    return new FdbEntry(ifindex, mac, null, 0, 0, 0, 0, 0, EntryState.NOARP, EntryState.MASTER, 0);
  }

  public FdbEntry withDst(IpAddress value) {
    return new FdbEntry(ifindex, mac, value, vni, srcVni, port, via, vlan, state, flags, master);
  }

  public FdbEntry withVni(int value) {
    return new FdbEntry(ifindex, mac, dst, value, srcVni, port, via, vlan, state, flags, master);
  }

  public FdbEntry withSrcVni(int value) {
    return new FdbEntry(ifindex, mac, dst, vni, value, port, via, vlan, state, flags, master);
  }

  public FdbEntry withPort(int value) {
    return new FdbEntry(ifindex, mac, dst, vni, srcVni, value, via, vlan, state, flags, master);
  }

  public FdbEntry withVia(int value) {
    return new FdbEntry(ifindex, mac, dst, vni, srcVni, port, value, vlan, state, flags, master);
  }

  public FdbEntry withVlan(int value) {
    return new FdbEntry(ifindex, mac, dst, vni, srcVni, port, via, value, state, flags, master);
  }

  public FdbEntry withState(int value) {
    return new FdbEntry(ifindex, mac, dst, vni, srcVni, port, via, vlan, value, flags, master);
  }

  public FdbEntry withFlags(int value) {
    return new FdbEntry(ifindex, mac, dst, vni, srcVni, port, via, vlan, state, value, master);
  }

  /** Whether it is in the FDB of the device itself. */
  public boolean isSelf() {
    return (flags & EntryState.SELF) != 0;
  }

  /** Whether it is in the FDB of a bridge, whose dumps do not set the flag but name the bridge. */
  public boolean isMaster() {
    return (flags & EntryState.MASTER) != 0 || (!isSelf() && master != 0);
  }

  /** Whether a control plane wrote it ({@code NTF_EXT_LEARNED}). */
  public boolean isExternallyLearned() {
    return (flags & EntryState.EXT_LEARNED) != 0;
  }

  /**
   * Whether it does not age. In a bridge's FDB a permanent entry that is not NOARP is an address of
   * the port itself.
   */
  public boolean isStatic() {
    return (state & (EntryState.NOARP | EntryState.PERMANENT)) != 0;
  }
}
