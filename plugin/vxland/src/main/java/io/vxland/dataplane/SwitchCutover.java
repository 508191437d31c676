package io.vxland.dataplane;

import io.vxland.model.LocalPort;
import io.vxland.model.Vni;
import io.vxland.plan.ovs.Redirection;
import java.util.Map;

/** A {@link Cutover} for cards on switches, which has to be told what stands. */
public interface SwitchCutover extends Cutover {
  /** These networks have a migration tunnel from now on, and no others. */
  void standing(Map<Vni, Redirection> redirections);

  /** Whether a card is in one of those networks. */
  boolean isFor(LocalPort card);

  /**
   * Sends a frame to the other hosts of a card's network, as if it came from the card.
   *
   * @throws DataplaneException if the switch refuses it
   */
  void announce(LocalPort card, byte[] frame) throws DataplaneException;
}
