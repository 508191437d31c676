package io.vxland.dataplane;

import io.vxland.dataplane.Dataplane.Failure;
import io.vxland.model.InterfaceName;
import io.vxland.plan.Change;
import io.vxland.plan.DeniedFrames;
import io.vxland.plan.ovs.ActualSwitches;
import io.vxland.plan.ovs.Learned;
import java.util.List;
import java.util.Map;

/** What a driver of Open vSwitch does. Used by the reconciler's thread only. */
public interface SwitchDriver extends AutoCloseable {
  /** Reads what is there; never fails, but may say that Open vSwitch is missing. */
  ActualSwitches read();

  /**
   * Reads what a bridge has learned: which machine is behind which port.
   *
   * @throws DataplaneException if Open vSwitch does not tell
   */
  List<Learned> learned(InterfaceName bridge) throws DataplaneException;

  /**
   * What taps in switches have tried to send and could not. While Open vSwitch does not answer,
   * which {@link #read} tells, it is what was counted before.
   */
  Map<InterfaceName, DeniedFrames> denied();

  /**
   * Applies changes in their order. A change that fails does not keep the others from being tried.
   *
   * @return the changes that failed, with Open vSwitch's words
   */
  List<Failure> apply(List<Change.OnSwitch> changes);

  @Override
  void close();
}
