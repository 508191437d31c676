package io.vxland.dataplane.linux;

import io.vxland.dataplane.Dataplane.Failure;
import io.vxland.dataplane.DataplaneException;
import io.vxland.dataplane.DeliveryDriver;
import io.vxland.model.InterfaceName;
import io.vxland.model.MacAddress;
import io.vxland.plan.ActualState.Guard;
import io.vxland.plan.Change;
import io.vxland.plan.MigrationTunnel;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * The guards as they were read last. Reading them starts a process, so it is done only where there
 * may be something new: the first time, after a change, while there is any guard or migration
 * tunnel, and while there are no means.
 */
final class Deliveries {
  private final DeliveryDriver driver;
  private Guard last = Guard.missing("not read yet");

  Deliveries(DeliveryDriver driver) {
    this.driver = driver;
  }

  Guard read(Collection<InterfaceName> links) {
    boolean known =
        last.isAvailable()
            && last.deliveries().isEmpty()
            && links.stream().noneMatch(MigrationTunnel::isNamedAsOne);
    if (!known) {
      last = driver.read();
    }
    return last;
  }

  List<Failure> apply(List<Change> changes) {
    last = Guard.missing("changed since");
    return driver.apply(changes);
  }

  Map<InterfaceName, Map<MacAddress, Long>> counters() throws DataplaneException {
    return driver.counters();
  }
}
