package io.vxland.api;

/**
 * A network that was defined, or rendered to be printed.
 *
 * @param name its name
 * @param vni its VXLAN network identifier
 * @param bridge the bridge that VMs plug into
 * @param result what was done
 * @param xml the network's XML, as {@code virsh net-define} takes it
 */
public record Defined(String name, int vni, String bridge, Result result, String xml) {

  /** What was done. */
  public enum Result {
    /** Only rendered. */
    PRINTED,
    /** Defined, set to autostart and started. */
    DEFINED,
    /** It was there already, just so; it was set to autostart and started if it was not. */
    UNCHANGED;

    @Override
    public String toString() {
      return Words.of(this);
    }
  }
}
