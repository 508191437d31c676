package io.vxland.daemon;

import io.vxland.control.ControlPlane;
import io.vxland.model.Knowledge;
import io.vxland.model.Network;
import io.vxland.model.Presence;
import java.util.Collection;
import java.util.List;

/** An engine that waits for this host's address: it has told nothing yet. */
record Unplaced() implements ControlPlane {
  @Override
  public String mode() {
    return "etcd";
  }

  @Override
  public Knowledge knowledge(Collection<Network> networks) {
    return Knowledge.NOTHING_YET;
  }

  @Override
  public void publish(Presence presence) {}

  @Override
  public List<Trouble> troubles() {
    return List.of();
  }

  @Override
  public void close() {}
}
