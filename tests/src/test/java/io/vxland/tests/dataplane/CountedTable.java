package io.vxland.tests.dataplane;

import io.vxland.dataplane.Dataplane.Failure;
import io.vxland.dataplane.DataplaneException;
import io.vxland.dataplane.DeliveryDriver;
import io.vxland.dataplane.nft.DeliveryTable;
import io.vxland.model.InterfaceName;
import io.vxland.model.MacAddress;
import io.vxland.plan.ActualState.Guard;
import io.vxland.plan.Change;
import io.vxland.tests.support.Netns;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The delivery table of a namespace, which counts how often it is read. */
final class CountedTable implements DeliveryDriver {
  private final DeliveryTable table;
  int reads;

  CountedTable(Netns netns) {
    this.table = DeliveryTable.open(Path.of("/usr/sbin/nft"), Optional.of(netns.path()));
  }

  @Override
  public Guard read() {
    reads++;
    return table.read();
  }

  @Override
  public List<Failure> apply(List<Change> changes) {
    return table.apply(changes);
  }

  @Override
  public Map<InterfaceName, Map<MacAddress, Long>> counters() throws DataplaneException {
    return table.counters();
  }
}
