package io.vxland.netlink4j.codec;

/** Numbers of {@code linux/netlink.h} and {@code linux/rtnetlink.h}. */
public final class Rtm {
  public static final int NLMSG_NOOP = 1;
  public static final int NLMSG_ERROR = 2;
  public static final int NLMSG_DONE = 3;
  public static final int NLMSG_OVERRUN = 4;

  public static final int NLM_F_REQUEST = 0x1;
  public static final int NLM_F_MULTI = 0x2;
  public static final int NLM_F_ACK = 0x4;
  public static final int NLM_F_DUMP_INTR = 0x10;
  public static final int NLM_F_DUMP = 0x300;
  public static final int NLM_F_REPLACE = 0x100;
  public static final int NLM_F_EXCL = 0x200;
  public static final int NLM_F_CREATE = 0x400;
  public static final int NLM_F_APPEND = 0x800;
  public static final int NLM_F_CAPPED = 0x100;
  public static final int NLM_F_ACK_TLVS = 0x200;

  public static final int NEWLINK = 16;
  public static final int DELLINK = 17;
  public static final int GETLINK = 18;
  public static final int SETLINK = 19;
  public static final int NEWADDR = 20;
  public static final int DELADDR = 21;
  public static final int GETADDR = 22;
  public static final int NEWROUTE = 24;
  public static final int DELROUTE = 25;
  public static final int GETROUTE = 26;
  public static final int NEWNEIGH = 28;
  public static final int DELNEIGH = 29;
  public static final int GETNEIGH = 30;

  public static final int AF_UNSPEC = 0;
  public static final int AF_INET = 2;
  public static final int AF_BRIDGE = 7;
  public static final int AF_INET6 = 10;

  private Rtm() {}
}
