package io.vxland.dataplane;

import io.vxland.dataplane.Dataplane.Failure;
import io.vxland.model.InterfaceName;
import io.vxland.model.MacAddress;
import io.vxland.plan.ActualState.Guard;
import io.vxland.plan.Change;
import java.util.List;
import java.util.Map;

/**
 * What takes frames out of migration tunnels. It has the changes {@link Change.GuardTunnel}, {@link
 * Change.UnguardTunnel}, {@link Change.Deliver} and {@link Change.StopDelivery} for its own.
 */
public interface DeliveryDriver {
  /**
   * Reads the guards. One counts only if it is hooked to the device of its name, and a delivery
   * only if it is to a device that is there. What cannot be read is unknown, with the reason.
   */
  Guard read();

  /**
   * Applies changes in their order. What is to be removed and is not there is done: a guard may go
   * with its device.
   *
   * @param changes of the four kinds only
   * @return those that failed, with the words of the tool
   */
  List<Failure> apply(List<Change> changes);

  /**
   * How many frames were delivered, by tunnel and card, since each delivery began.
   *
   * @throws DataplaneException if they cannot be read
   */
  Map<InterfaceName, Map<MacAddress, Long>> counters() throws DataplaneException;

  /** Whether a change is one for this driver. */
  static boolean isFor(Change change) {
    return change instanceof Change.GuardTunnel
        || change instanceof Change.UnguardTunnel
        || change instanceof Change.Deliver
        || change instanceof Change.StopDelivery;
  }

  /** A driver for a host without such means. */
  static DeliveryDriver none(String reason) {
    return new DeliveryDriver() {
      @Override
      public Guard read() {
        return Guard.missing(reason);
      }

      @Override
      public Map<InterfaceName, Map<MacAddress, Long>> counters() {
        return Map.of();
      }

      @Override
      public List<Failure> apply(List<Change> changes) {
        return changes.stream().map(change -> new Failure(change, reason)).toList();
      }
    };
  }
}
