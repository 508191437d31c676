package io.vxland.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.dataplane.Dataplane.Failure;
import io.vxland.dataplane.SwitchDriver;
import io.vxland.model.InterfaceName;
import io.vxland.plan.Change;
import io.vxland.plan.DeniedFrames;
import io.vxland.plan.ovs.ActualSwitches;
import io.vxland.plan.ovs.Learned;
import java.util.List;
import java.util.Map;

/** A host without Open vSwitch. */
final class NoSwitches implements SwitchDriver {
  @Override
  public ActualSwitches read() {
    return ActualSwitches.missing("Open vSwitch does not run");
  }

  @Override
  public List<Learned> learned(InterfaceName bridge) {
    throw new AssertionError("nobody asks for what " + bridge + " has learned");
  }

  @Override
  public Map<InterfaceName, DeniedFrames> denied() {
    throw new AssertionError("nobody asks for what was dropped");
  }

  @Override
  public List<Failure> apply(List<Change.OnSwitch> changes) {
    assertThat(changes).isEmpty();
    return List.of();
  }

  @Override
  public void close() {}
}
