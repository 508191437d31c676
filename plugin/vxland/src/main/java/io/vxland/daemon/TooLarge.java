package io.vxland.daemon;

import io.vxland.model.LocalPort;
import io.vxland.model.Mtu;
import io.vxland.model.Network;
import io.vxland.model.NetworkName;
import io.vxland.model.SwitchOptions.Datapath;
import io.vxland.plan.DesiredState;
import io.vxland.plan.NicMtu;
import io.vxland.plan.Problem;
import io.vxland.plan.Segment;
import io.vxland.plan.ovs.DesiredSwitches;
import io.vxland.plan.ovs.Switch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The NICs that send larger packets than their network carries. Where the kernel tells the sender,
 * nothing is lost that its guest does not hear of; elsewhere it is, and the network is not well.
 *
 * @param told those whose senders are told
 * @param lost those whose packets are lost without a word
 */
record TooLarge(List<Problem> told, List<Problem> lost) {
  static TooLarge in(World.View view, DesiredState kernel, DesiredSwitches switches) {
    List<Problem> told = new ArrayList<>();
    List<Problem> lost = new ArrayList<>();
    for (LocalPort port : view.ports().stream().sorted().toList()) {
      Segment segment = kernel.segments().get(port.vni());
      Optional<Switch> onSwitch = switches.of(port.vni());
      Optional<Mtu> carried =
          Optional.ofNullable(segment).map(Segment::mtu).or(() -> onSwitch.map(Switch::mtu));
      if (carried.filter(mtu -> NicMtu.isTooLarge(port, mtu)).isEmpty()) {
        continue;
      }
      NetworkName network =
          segment != null ? segment.network() : onSwitch.get().networks().get(port.vni());
      boolean isTold = segment != null ? segment.tellsSenders() : isKernels(view, network);
      (isTold ? told : lost)
          .add(new NicMtu(port, port.mtu().orElseThrow(), network, carried.get()).problem(isTold));
    }
    return new TooLarge(told, lost);
  }

  /**
   * The kernel's module of Open vSwitch has the kernel's VXLAN device send, which tells senders.
   */
  private static boolean isKernels(World.View view, NetworkName name) {
    return view.networks().stream()
        .filter(network -> network.name().equals(name))
        .map(Network::options)
        .anyMatch(options -> options.ovs().datapath() == Datapath.SYSTEM);
  }
}
