package io.vxland.model;

import java.util.Optional;

/**
 * What a host does for a card of a VM that may go, or is on its way, from one host to another.
 * Frames for such a card travel in the network's migration tunnel, which is there as long as any
 * card needs it.
 */
public sealed interface Handover {
  /** The network. */
  Vni vni();

  /** The card. */
  MacAddress mac();

  /** The VM is here: the tunnel stands, so that a redirect takes one message. */
  record Ready(Vni vni, MacAddress mac) implements Handover {}

  /**
   * The VM is here, and its memory is being copied away: it may run elsewhere at any moment,
   * whether or not this host gets to know it.
   */
  record Copied(Vni vni, MacAddress mac) implements Handover {}

  /**
   * The VM was paused here to run elsewhere: what comes for its card goes into the tunnel.
   *
   * @param to the host it goes to; empty: every host of the network gets it, and the one that
   *     expects the VM takes it
   */
  record Redirect(Vni vni, MacAddress mac, Optional<Vtep> to) implements Handover {}

  /**
   * The card was heard from another host, to which this one sends what is for it from now on.
   * Others may not have heard it: what they still send here goes into the tunnel, not to that host,
   * which would take their cards for this one's. Where a bridge learns, they have.
   */
  record Late(Vni vni, MacAddress mac) implements Handover {}

  /**
   * The VM comes here: what comes for its card out of the tunnel goes to its tap.
   *
   * @param tap the VM's tap
   * @param arrived whether it runs here by now; before that, frames wait in the tap, and nothing
   *     else may be sent into it for the card
   */
  record Delivery(Vni vni, MacAddress mac, InterfaceName tap, boolean arrived)
      implements Handover {}
}
