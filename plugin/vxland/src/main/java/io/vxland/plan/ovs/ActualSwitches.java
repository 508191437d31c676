package io.vxland.plan.ovs;

import io.vxland.model.InterfaceName;
import io.vxland.model.MacAddress;
import io.vxland.model.VlanTag;
import io.vxland.openflow.Port;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What Open vSwitch has.
 *
 * @param missing why it cannot be asked; empty if it can
 * @param switches its bridges by name, also those of others
 * @param uplinks the devices of the kernel that lead to another network, on bridges or not
 */
public record ActualSwitches(
    Optional<String> missing,
    Map<InterfaceName, ActualSwitch> switches,
    Set<InterfaceName> uplinks) {
  /** Open vSwitch with nothing in it. */
  public static final ActualSwitches EMPTY = new ActualSwitches(Optional.empty(), Map.of());

  /** Copies the collections. */
  public ActualSwitches {
    switches = Map.copyOf(switches);
    uplinks = Set.copyOf(uplinks);
  }

  /** What it says itself: it does not know where a device leads. */
  public ActualSwitches(Optional<String> missing, Map<InterfaceName, ActualSwitch> switches) {
    this(missing, switches, Set.of());
  }

  /** The same with what the kernel knows of its ports. */
  public ActualSwitches with(Set<InterfaceName> others) {
    return new ActualSwitches(missing, switches, others);
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
   * @param flows those flows that are ours; of a bridge of others, none
   */
  public record ActualSwitch(
      boolean ours,
      String datapath,
      OptionalInt mtu,
      Map<InterfaceName, ActualPort> ports,
      ActualFlows flows) {
    /** Copies the map. */
    public ActualSwitch {
      ports = Map.copyOf(ports);
    }

    /** One without flows of ours. */
    public ActualSwitch(
        boolean ours, String datapath, OptionalInt mtu, Map<InterfaceName, ActualPort> ports) {
      this(ours, datapath, mtu, ports, ActualFlows.NONE);
    }

    /** The same with other flows. */
    public ActualSwitch with(ActualFlows others) {
      return new ActualSwitch(ours, datapath, mtu, ports, others);
    }
  }

  /**
   * A port with its one interface; of a bond, the first.
   *
   * @param owner whose it is by our mark; empty if it is somebody else's
   * @param type column {@code type} of table Interface; "" is a device of the system
   * @param options column {@code options} of table Interface
   * @param isProtected column {@code protected} of table Port
   * @param tag column {@code tag} of table Port
   * @param bfd whether {@code bfd:enable} is set
   * @param error what Open vSwitch says is wrong with it; "" for nothing
   * @param number what flows call it (column {@code ofport} of table Interface); empty before it
   *     has one
   * @param attached the card that libvirt has plugged in with it ({@code external_ids:attached-mac}
   *     of table Interface)
   * @param bfdState what BFD says of the other side, such as {@code up} ({@code bfd_status:state}
   *     of table Interface); "" for nothing
   */
  public record ActualPort(
      Optional<SwitchOwnership.Owner> owner,
      String type,
      Map<String, String> options,
      boolean isProtected,
      Optional<VlanTag> tag,
      boolean bfd,
      String error,
      Optional<Port> number,
      Optional<MacAddress> attached,
      String bfdState) {
    /** Copies the options. */
    public ActualPort {
      options = Map.copyOf(options);
    }
  }
}
