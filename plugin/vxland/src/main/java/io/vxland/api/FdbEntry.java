package io.vxland.api;

/**
 * An entry of a VXLAN device's forwarding database: one that shall be, or is, or both.
 *
 * @param network the network
 * @param vni its VNI
 * @param mac the machine's address, or {@link #FLOOD}
 * @param vtep the host that gets its frames
 * @param owner who wrote it
 * @param wanted whether the daemon wants it
 * @param present whether the kernel has it
 * @param difference what is to be mended
 */
public record FdbEntry(
    String network,
    int vni,
    String mac,
    String vtep,
    Owner owner,
    boolean wanted,
    boolean present,
    Difference difference) {

  /** Stands for the MAC in an entry for frames without a known place. */
  public static final String FLOOD = "flood";

  /** Makes one, and finds the difference. */
  public static FdbEntry of(
      String network,
      int vni,
      String mac,
      String vtep,
      Owner owner,
      boolean wanted,
      boolean present) {
    Difference difference =
        wanted && !present
            ? Difference.MISSING
            : owner == Owner.OURS && !wanted && present ? Difference.SURPLUS : Difference.NONE;
    return new FdbEntry(network, vni, mac, vtep, owner, wanted, present, difference);
  }

  /** Who wrote an entry. */
  public enum Owner {
    /** The daemon, or it will. */
    OURS,
    /** The kernel, from a received frame. */
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
    /** It is wanted and the kernel does not have it. */
    MISSING,
    /** It is ours and no longer wanted, and the kernel has it. */
    SURPLUS;

    @Override
    public String toString() {
      return Words.of(this);
    }
  }
}
