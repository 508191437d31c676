package io.vxland.dataplane;

import io.vxland.dataplane.Dataplane.Failure;
import io.vxland.plan.ActualState.VtepTable;
import io.vxland.plan.Change;
import java.util.Optional;

/**
 * What drops tunnelled packets of strangers. It has the changes {@link Change.AcceptVteps} and
 * {@link Change.RemoveVtepFilter} for its own. Used by one thread, but for {@link #distrust}.
 */
public interface VtepDriver {
  /** Reads the filter, or tells it as it was last read or written. */
  VtepTable read();

  /** Applies a change; returns what failed. */
  Optional<Failure> apply(Change change);

  /** Somebody may have changed the filter: the next {@link #read} reads it. Thread-safe. */
  void distrust();

  /** Whether a change is one for this driver. */
  static boolean isFor(Change change) {
    return change instanceof Change.AcceptVteps || change instanceof Change.RemoveVtepFilter;
  }

  /** A driver for a data plane without a filter. */
  static VtepDriver none() {
    return new VtepDriver() {
      @Override
      public VtepTable read() {
        return VtepTable.UNMANAGED;
      }

      @Override
      public Optional<Failure> apply(Change change) {
        throw new IllegalArgumentException("there is no filter: " + change);
      }

      @Override
      public void distrust() {}
    };
  }
}
