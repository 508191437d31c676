package io.vxland.daemon;

import io.vxland.control.ControlPlane;
import io.vxland.model.Knowledge;
import io.vxland.model.Network;
import io.vxland.model.Presence;
import java.util.Collection;
import java.util.List;

/**
 * An engine that waits for this host's address.
 *
 * @param mode whose
 * @param nothing what it knows, which is not much
 */
record Unplaced(String mode, Knowledge nothing) implements ControlPlane {
  @Override
  public Knowledge knowledge(Collection<Network> networks) {
    return nothing;
  }

  @Override
  public void publish(Presence presence) {}

  @Override
  public boolean isCurrent() {
    return false;
  }

  @Override
  public List<Host> hosts() {
    return List.of();
  }

  @Override
  public List<Trouble> troubles() {
    return List.of();
  }

  @Override
  public void close() {}
}
