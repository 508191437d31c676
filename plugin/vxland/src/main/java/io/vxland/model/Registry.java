package io.vxland.model;

import java.util.Map;
import java.util.Optional;

/**
 * Which networks all hosts are to have, at one moment.
 *
 * @param defined those that are there, by name
 * @param deleted those that were there and are to be nowhere any more
 * @param owners whose a VNI is
 */
public record Registry(
    Map<NetworkName, SharedNetwork> defined,
    Map<NetworkName, SharedNetwork> deleted,
    Map<Vni, NetworkName> owners) {

  /** Copies the maps. */
  public Registry {
    defined = Map.copyOf(defined);
    deleted = Map.copyOf(deleted);
    owners = Map.copyOf(owners);
  }

  /** The network, if not this one, whose its VNI is. */
  public Optional<NetworkName> rival(SharedNetwork network) {
    return Optional.ofNullable(owners.get(network.vni()))
        .filter(owner -> !owner.equals(network.name()));
  }
}
