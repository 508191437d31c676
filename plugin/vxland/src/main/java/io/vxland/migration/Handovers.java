package io.vxland.migration;

import io.vxland.model.Handover;
import io.vxland.model.LocalPort;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** What stages ask of the kernel, for a port. */
final class Handovers {
  private Handovers() {}

  /**
   * A VM that is here may be stopped to run elsewhere at any time, a tenth of a second after
   * libvirt has first said so: no time to make a tunnel.
   */
  static List<Handover> present(LocalPort port, OptionalLong deliverUntil) {
    if (deliverUntil.isPresent()) {
      return delivery(port, true);
    }
    return port.tap().isPresent() ? List.of(new Handover.Ready(port.vni(), port.mac())) : List.of();
  }

  /** The same of one whose memory is being copied away. */
  static List<Handover> copied(LocalPort port, OptionalLong deliverUntil) {
    List<Handover> wanted = new ArrayList<>(present(port, deliverUntil));
    if (port.tap().isPresent()) {
      wanted.add(new Handover.Copied(port.vni(), port.mac()));
    }
    return List.copyOf(wanted);
  }

  /** A port whose tap is not known yet is only prepared for. */
  static List<Handover> delivery(LocalPort port, boolean arrived) {
    Handover wanted =
        port.tap().isPresent()
            ? new Handover.Delivery(port.vni(), port.mac(), port.tap().get(), arrived)
            : new Handover.Ready(port.vni(), port.mac());
    return List.of(wanted);
  }

  /**
   * Once the card was heard from another host, the kernel or the switch has learned its place, and
   * the redirect must not undo that.
   */
  static List<Handover> redirect(LocalPort port, boolean heard) {
    return List.of(
        heard
            ? new Handover.Late(port.vni(), port.mac())
            : new Handover.Redirect(port.vni(), port.mac(), Optional.empty()));
  }
}
