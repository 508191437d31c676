package io.vxland.netlink4j.model;

/** {@code NUD_*} and {@code NTF_*} of {@code linux/neighbour.h}, which FDB and neighbours share. */
public final class EntryState {
  public static final int INCOMPLETE = 0x01;
  public static final int REACHABLE = 0x02;
  public static final int STALE = 0x04;
  public static final int DELAY = 0x08;
  public static final int PROBE = 0x10;
  public static final int FAILED = 0x20;

  /** Not probed; in a bridge's FDB: static, does not age. */
  public static final int NOARP = 0x40;

  /** Never goes by itself; in a bridge's FDB: an address of the bridge or port itself. */
  public static final int PERMANENT = 0x80;

  /** Flag: used now, so it does not age for a while. */
  public static final int USE = 0x01;

  /** Flag: in the FDB of the device itself, such as a VXLAN device. */
  public static final int SELF = 0x02;

  /** Flag: in the FDB of the bridge that the device is a port of. */
  public static final int MASTER = 0x04;

  /** Flag: answered for (proxy ARP or ND). */
  public static final int PROXY = 0x08;

  /** Flag: a control plane learned it; the kernel does not age it. */
  public static final int EXT_LEARNED = 0x10;

  public static final int OFFLOADED = 0x20;

  /** Flag: does not move to another port. */
  public static final int STICKY = 0x40;

  public static final int ROUTER = 0x80;

  private EntryState() {}
}
