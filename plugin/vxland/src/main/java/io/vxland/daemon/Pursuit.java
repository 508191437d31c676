package io.vxland.daemon;

import io.vxland.control.ControlPlane;
import io.vxland.dataplane.DataplaneException;
import io.vxland.dataplane.Repointing;
import io.vxland.model.Network;
import io.vxland.model.Template;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows a card that has gone from one other host to another. Until then its frames take the way
 * round by the host that it has left, so this does not wait for the loop's next turn, which makes
 * sure of it.
 */
final class Pursuit {
  private static final Logger log = LoggerFactory.getLogger(Pursuit.class);

  private final World world;
  private final Repointing repointing;

  Pursuit(World world, Repointing repointing) {
    this.world = world;
    this.repointing = repointing;
  }

  void follow(ControlPlane.Move move) {
    World.View now = world.view();
    boolean here =
        now.ports().stream()
            .anyMatch(port -> port.vni().equals(move.vni()) && port.mac().equals(move.mac()));
    if (here || now.networks().stream().noneMatch(network -> isTold(network, move))) {
      return;
    }
    try {
      boolean done = repointing.repoint(move.vni(), move.mac(), move.host());
      log.debug("{} is followed to {}: {}", move.mac(), move.host(), done);
    } catch (DataplaneException refused) {
      log.debug("{} is not followed at once: {}", move.mac(), refused.getMessage());
    }
  }

  /** Whether in this network the control plane says where the card is. */
  private static boolean isTold(Network network, ControlPlane.Move move) {
    return network.vni().equals(move.vni())
        && network.template() == Template.BRIDGE
        && network.options().entries().stream().noneMatch(entry -> entry.mac().equals(move.mac()));
  }
}
