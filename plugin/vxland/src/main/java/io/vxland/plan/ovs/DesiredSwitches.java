package io.vxland.plan.ovs;

import io.vxland.model.InterfaceName;
import io.vxland.model.VlanTag;
import io.vxland.model.Vni;
import io.vxland.plan.Problem;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What should be in Open vSwitch.
 *
 * @param switches the bridges by name
 * @param problems what is wanted and cannot be
 * @param plugs the taps that should be plugged in; libvirt does that, nobody else
 * @param complete whether it is known well enough to take anything away
 */
public record DesiredSwitches(
    SortedMap<InterfaceName, Switch> switches,
    List<Problem> problems,
    List<Plug> plugs,
    boolean complete) {

  /**
   * A VM's tap and its place.
   *
   * @param domain the VM's name
   * @param tap the device
   * @param bridge where it belongs
   * @param tag its network's; a tap without it would see all networks of the bridge
   */
  public record Plug(
      String domain, InterfaceName tap, InterfaceName bridge, Optional<VlanTag> tag) {}

  /** Nobody wants any. */
  public static final DesiredSwitches NONE =
      new DesiredSwitches(new TreeMap<>(), List.of(), List.of(), false);

  /** Copies the lists. */
  public DesiredSwitches {
    problems = List.copyOf(problems);
    plugs = List.copyOf(plugs);
  }

  /** Whether any tap is to be filtered. */
  public boolean filtersTaps() {
    return switches.values().stream()
        .flatMap(each -> each.cards().values().stream())
        .anyMatch(cards -> cards.filter().isPresent());
  }

  /** The switch that a network is on. */
  public Optional<Switch> of(Vni vni) {
    return switches.values().stream().filter(each -> each.networks().containsKey(vni)).findFirst();
  }
}
