package io.vxland.dataplane;

import io.vxland.dataplane.Dataplane.Failure;
import io.vxland.model.InterfaceName;
import io.vxland.plan.ActualState.Frames;
import io.vxland.plan.Change;
import java.util.Optional;
import java.util.Set;

/** What treats frames for their size, as {@link io.vxland.plan.FrameRules} say. */
public interface FrameDriver {
  /**
   * Reads what is done.
   *
   * @param links all devices; what was done to one that is gone is done no more
   */
  Frames read(Set<InterfaceName> links);

  /** Somebody may have changed what is done: the next {@link #read} reads it. Thread-safe. */
  void distrust();

  /** Applies one of its changes; returns the words of the tool if that failed. */
  Optional<Failure> apply(Change change);

  /** Whether a change is one for this driver. */
  static boolean isFor(Change change) {
    return change instanceof Change.TreatFrames || change instanceof Change.LeaveFrames;
  }

  /** A driver that nothing is asked of. */
  static FrameDriver none() {
    return new FrameDriver() {
      @Override
      public Frames read(Set<InterfaceName> links) {
        return Frames.UNASKED;
      }

      @Override
      public void distrust() {}

      @Override
      public Optional<Failure> apply(Change change) {
        return Optional.of(
            new Failure(change, "this data plane was opened without a way to treat frames"));
      }
    };
  }
}
