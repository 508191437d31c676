package io.vxland.daemon;

import io.vxland.dataplane.Cutover;
import io.vxland.dataplane.DataplaneException;
import io.vxland.model.InterfaceName;
import io.vxland.model.LocalPort;
import io.vxland.model.MacAddress;
import io.vxland.model.Vtep;
import io.vxland.plan.Change;
import io.vxland.plan.MigrationTunnel;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps what it was given; only named devices are there, and it can be told to refuse. */
final class RecordingCutover implements Cutover {
  final List<Change> applied = new CopyOnWriteArrayList<>();
  final Set<InterfaceName> prepared = new HashSet<>();
  final Set<InterfaceName> devices = new HashSet<>();
  final Map<MacAddress, Vtep> places = new HashMap<>();
  final Map<MacAddress, Sighting> sightings = new ConcurrentHashMap<>();
  volatile String refusal = "";
  volatile boolean silent;
  volatile Runnable onReceive = () -> {};

  @Override
  public boolean redirect(LocalPort card) throws DataplaneException {
    return apply(new Change.PlaceBehindPort(MigrationTunnel.device(card.vni()), card.mac()));
  }

  @Override
  public void takeBack(LocalPort card) throws DataplaneException {
    apply(new Change.PlaceOnPort(card.tap().orElseThrow(), card.mac()));
  }

  @Override
  public void receive(LocalPort card) throws DataplaneException {
    onReceive.run();
    apply(new Change.PlaceOnPort(card.tap().orElseThrow(), card.mac()));
  }

  private boolean apply(Change change) throws DataplaneException {
    if (!refusal.isEmpty()) {
      throw new DataplaneException(refusal, null);
    }
    if (!devices.contains(change.device())) {
      return false;
    }
    applied.add(change);
    return true;
  }

  @Override
  public void prepare(LocalPort card) {
    prepared.add(MigrationTunnel.device(card.vni()));
  }

  @Override
  public Optional<Vtep> placeOf(LocalPort card) {
    return Optional.ofNullable(places.get(card.mac()));
  }

  @Override
  public boolean mustAskFor(LocalPort card) {
    return silent;
  }

  @Override
  public Optional<Sighting> sighting(LocalPort card) {
    return Optional.ofNullable(sightings.get(card.mac()));
  }

  @Override
  public void warmUp() {}

  @Override
  public void close() {}
}
