package io.vxland.api;

/**
 * Where frames go: an entry that shall be, or is, or both. On a Linux bridge it is one of the VXLAN
 * device's forwarding database; on Open vSwitch a tunnel, a flow or what the switch has learned,
 * also of machines on this host.
 *
 * @param network the network
 * @param vni its VNI
 * @param mac the machine's address, or {@link #FLOOD}
 * @param vtep the host that gets its frames
 * @param port by which device or port they leave; empty if there is none yet
 * @param owner who wrote it
 * @param wanted whether the daemon wants it
 * @param present whether the kernel or the switch has it
 * @param difference what is to be mended
 * @param source who knows that: {@code configuration}, the control plane, {@code migration}, {@code
 *     frames}, or {@code local} for a machine on this host; empty if nobody of these does
 * @param ageSeconds for how long this host has known it; {@link #NO_AGE} if nobody tells
 * @param omitted 0; or, with the MAC {@link #MORE}, for how many learned entries this one stands
 */
public record FdbEntry(
    String network,
    int vni,
    String mac,
    String vtep,
    String port,
    Owner owner,
    boolean wanted,
    boolean present,
    Difference difference,
    String source,
    long ageSeconds,
    long omitted) {

  /** Stands for an age that nobody tells. */
  public static final long NO_AGE = -1;

  /** Stands for the MAC in an entry for frames without a known place. */
  public static final String FLOOD = "flood";

  /** Stands for the MACs of entries that are left out. */
  public static final String MORE = "more";

  /** Makes one, and finds the difference. */
  public static FdbEntry of(
      String network,
      int vni,
      String mac,
      String vtep,
      String port,
      Owner owner,
      boolean wanted,
      boolean present,
      String source,
      long ageSeconds) {
    Difference difference =
        wanted && !present
            ? Difference.MISSING
            : owner == Owner.OURS && !wanted && present ? Difference.SURPLUS : Difference.NONE;
    return new FdbEntry(
        network, vni, mac, vtep, port, owner, wanted, present, difference, source, ageSeconds, 0);
  }

  /**
   * Makes one that stands for learned entries that are left out, as an answer has a bound.
   *
   * @param count how many
   */
  public static FdbEntry more(String network, int vni, String port, long count) {
    return new FdbEntry(
        network,
        vni,
        MORE,
        "",
        port,
        Owner.LEARNED,
        false,
        true,
        Difference.NONE,
        "frames",
        NO_AGE,
        count);
  }

  /** Who wrote an entry. */
  public enum Owner {
    /** The daemon, or it will. */
    OURS,
    /** The kernel or the switch, from a received frame. */
    LEARNED,
    /** Somebody else; it is never touched. */
    FOREIGN;

    @Override
    public String toString() {
      return Words.of(this);
    }
  }

  /** What is to be mended. */
  public enum Difference {
    /** Nothing. */
    NONE,
    /** It is wanted and is not there. */
    MISSING,
    /** It is ours and no longer wanted, and is there. */
    SURPLUS;

    @Override
    public String toString() {
      return Words.of(this);
    }
  }
}
