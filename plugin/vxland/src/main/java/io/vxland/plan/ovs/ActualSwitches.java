package io.vxland.plan.ovs;

import io.vxland.model.InterfaceName;
import io.vxland.model.VlanTag;
import io.vxland.model.Vni;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What Open vSwitch has.
 *
 * @param missing why it cannot be asked; empty if it can
 * @param switches its bridges by name, also those of others
 */
public record ActualSwitches(Optional<String> missing, Map<InterfaceName, ActualSwitch> switches) {
  /** Open vSwitch with nothing in it. */
  public static final ActualSwitches EMPTY = new ActualSwitches(Optional.empty(), Map.of());

  /** Copies the map. */
  public ActualSwitches {
    switches = Map.copyOf(switches);
  }

  /** It is not installed, or does not run. */
  public static ActualSwitches missing(String reason) {
    return new ActualSwitches(Optional.of(reason), Map.of());
  }

  /**
   * A bridge.
   *
   * @param ours whether it bears our mark
   * @param datapath column {@code datapath_type}; "" is the kernel's module
   * @param mtu what was asked for its own interface; empty: nothing was
   * @param ports its ports by name, its own one not among them
   */
  public record ActualSwitch(
      boolean ours, String datapath, OptionalInt mtu, Map<InterfaceName, ActualPort> ports) {
    /** Copies the map. */
    public ActualSwitch {
      ports = Map.copyOf(ports);
    }
  }

  /**
   * A port with its one interface; of a bond, the first.
   *
   * @param owner the VNI that our mark on it tells; empty if it is somebody else's
   * @param type column {@code type} of table Interface; "" is a device of the system
   * @param options column {@code options} of table Interface
   * @param isProtected column {@code protected} of table Port
   * @param tag column {@code tag} of table Port
   * @param bfd whether {@code bfd:enable} is set
   * @param error what Open vSwitch says is wrong with it; "" for nothing
   */
  public record ActualPort(
      Optional<Vni> owner,
      String type,
      Map<String, String> options,
      boolean isProtected,
      Optional<VlanTag> tag,
      boolean bfd,
      String error) {
    /** Copies the options. */
    public ActualPort {
      options = Map.copyOf(options);
    }
  }
}
