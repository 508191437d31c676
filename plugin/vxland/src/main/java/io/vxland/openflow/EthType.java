package io.vxland.openflow;

/** Ethernet types that have a name in flows. */
public final class EthType {
  public static final int IPV4 = 0x0800;
  public static final int ARP = 0x0806;
  public static final int RARP = 0x8035;
  public static final int IPV6 = 0x86dd;

  private EthType() {}
}
