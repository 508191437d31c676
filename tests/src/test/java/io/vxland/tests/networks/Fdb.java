package io.vxland.tests.networks;

/**
 * One entry as {@code bridge -j fdb show} prints it.
 *
 * @param mac the address
 * @param dst the VTEP; "" for an entry of a bridge
 * @param state "permanent", "static" or "" for one that was learned
 * @param self whether it is the device's own and not its bridge's
 */
public record Fdb(String mac, String dst, String state, boolean self) {
  static final String ALL_ZEROS = "00:00:00:00:00:00";

  public static Fdb replica(String vtep) {
    return new Fdb(ALL_ZEROS, vtep, "static", true);
  }

  public static Fdb placed(String mac, String vtep) {
    return new Fdb(mac, vtep, "static", true);
  }
}
