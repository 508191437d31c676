package io.vxland.daemon;

import io.vxland.control.ControlPlane;
import io.vxland.dataplane.DataplaneException;
import io.vxland.dataplane.SwitchCutover;
import io.vxland.model.LocalPort;
import io.vxland.model.Network;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import io.vxland.os.AnnounceException;
import io.vxland.os.Announcer;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * What this host knows around its migrations, at one moment.
 *
 * @param view its networks
 * @param vtep its own place
 * @param control who its peers are
 */
record HostSurroundings(World.View view, Optional<Vtep> vtep, ControlPlane control)
    implements Journal.Surroundings {

  @Override
  public String network(Vni vni) {
    return view.networks().stream()
        .filter(network -> network.vni().equals(vni))
        .map(network -> network.name().value())
        .findFirst()
        .orElse("");
  }

  @Override
  public List<Vtep> peers(Vni vni) {
    return control.knowledge(view.networks()).hosts(vni).stream()
        .filter(peer -> !vtep.equals(Optional.of(peer)))
        .toList();
  }

  /** See {@link Moves.Announcement}. */
  static void announce(SwitchCutover switches, LocalPort card) throws IOException {
    try {
      if (switches.isFor(card)) {
        switches.announce(card, Announcer.frame(card.mac()));
      } else {
        Announcer.announce(Network.vxlanDevice(card.vni()), card.mac());
      }
    } catch (AnnounceException | DataplaneException refused) {
      throw new IOException(refused.getMessage(), refused);
    }
  }
}
