package io.vxland.dataplane;

import io.vxland.dataplane.Dataplane.Failure;
import io.vxland.model.InterfaceName;
import io.vxland.plan.ActualState.Filter;
import io.vxland.plan.Change;
import io.vxland.plan.DeniedFrames;
import java.util.List;
import java.util.Map;

/**
 * What filters the frames of taps in bridges. It has the changes {@link Change.AddPortFilter},
 * {@link Change.SetPortFilter} and {@link Change.RemovePortFilter} for its own.
 */
public interface PortFilterDriver {
  /**
   * Reads what is filtered, or tells it as it was last read or written. What cannot be read is
   * missing, with the reason.
   */
  Filter read();

  /** Somebody may have changed the filter: the next {@link #read} reads it. Thread-safe. */
  void distrust();

  /**
   * Applies changes, all of them or none. Where {@link Filter#isKnown} was false, filters that are
   * set are all that there are then.
   *
   * @param changes of the three kinds only
   * @return those that failed, with the words of the tool
   */
  List<Failure> apply(List<Change> changes);

  /**
   * What taps have tried to send and could not, since each was first filtered.
   *
   * @throws DataplaneException if it cannot be read
   */
  Map<InterfaceName, DeniedFrames> denied() throws DataplaneException;

  /** Whether a change is one for this driver. */
  static boolean isFor(Change change) {
    return change instanceof Change.AddPortFilter
        || change instanceof Change.SetPortFilter
        || change instanceof Change.RemovePortFilter;
  }

  /** A driver for a host without such means. */
  static PortFilterDriver none(String reason) {
    return new PortFilterDriver() {
      @Override
      public Filter read() {
        return Filter.missing(reason);
      }

      @Override
      public void distrust() {}

      @Override
      public List<Failure> apply(List<Change> changes) {
        return changes.stream().map(change -> new Failure(change, reason)).toList();
      }

      @Override
      public Map<InterfaceName, DeniedFrames> denied() {
        return Map.of();
      }
    };
  }
}
