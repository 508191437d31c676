package io.vxland.daemon;

import io.vxland.dataplane.Cutover;
import io.vxland.dataplane.DataplaneException;
import io.vxland.model.InterfaceName;
import io.vxland.model.MacAddress;
import io.vxland.model.Vtep;
import io.vxland.plan.Change;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps what it was given; only named devices are there, and it can be told to refuse. */
final class RecordingCutover implements Cutover {
  final List<Change> applied = new CopyOnWriteArrayList<>();
  final Set<InterfaceName> prepared = new HashSet<>();
  final Set<InterfaceName> devices = new HashSet<>();
  final Map<MacAddress, Vtep> places = new HashMap<>();
  volatile String refusal = "";

  @Override
  public boolean apply(Change change) throws DataplaneException {
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
  public void prepare(InterfaceName device) {
    prepared.add(device);
  }

  @Override
  public Optional<Vtep> placeOf(InterfaceName vxlan, MacAddress mac) {
    return Optional.ofNullable(places.get(mac));
  }

  @Override
  public void warmUp() {}

  @Override
  public void close() {}
}
