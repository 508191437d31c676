package io.vxland.control;

import io.vxland.model.Knowledge;
import io.vxland.model.Network;
import java.util.Collection;

/** A source of knowledge about the rest of the world. */
public interface ControlPlane {
  /** The name of it as in {@code control.mode}. */
  String mode();

  /**
   * Returns what is known at this moment about the given networks. Does not block.
   *
   * @param networks the networks of this host
   */
  Knowledge knowledge(Collection<Network> networks);
}
