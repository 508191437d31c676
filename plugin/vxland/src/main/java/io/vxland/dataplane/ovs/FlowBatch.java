package io.vxland.dataplane.ovs;

import io.vxland.dataplane.Dataplane.Failure;
import io.vxland.model.InterfaceName;
import io.vxland.openflow.FlowMod;
import io.vxland.openflow.OpenFlowConnection;
import io.vxland.openflow.OpenFlowException;
import io.vxland.plan.Change;
import io.vxland.plan.ovs.SwitchChange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Changes of one bridge's flows that follow one another in a plan: they are made at one moment. */
final class FlowBatch {
  private final FlowTables tables;
  private final List<Failure> failures;
  private final List<Change.OnSwitch> changes = new ArrayList<>();
  private final List<FlowMod> mods = new ArrayList<>();

  /**
   * Creates an empty one.
   *
   * @param failures gets what could not be done
   */
  FlowBatch(FlowTables tables, List<Failure> failures) {
    this.tables = tables;
    this.failures = failures;
  }

  /** Takes a change if it is one of flows; what it has of another bridge is made before that. */
  boolean takes(Change.OnSwitch change) {
    Optional<FlowMod> mod = mod((SwitchChange) change.step());
    if (mod.isEmpty()) {
      return false;
    }
    boolean full = mods.size() == OpenFlowConnection.MAX_MODS;
    if (full || (!changes.isEmpty() && !bridge().equals(((SwitchChange) change.step()).bridge()))) {
      flush();
    }
    changes.add(change);
    mods.add(mod.get());
    return true;
  }

  private static Optional<FlowMod> mod(SwitchChange change) {
    if (change instanceof SwitchChange.AddFlow add) {
      return Optional.of(new FlowMod.Add(add.flow()));
    } else if (change instanceof SwitchChange.RemoveFlow remove) {
      return Optional.of(FlowMod.Delete.of(remove.flow()));
    }
    return Optional.empty();
  }

  private InterfaceName bridge() {
    return ((SwitchChange) changes.get(0).step()).bridge();
  }

  /** Makes what it has: all of it, or nothing. */
  void flush() {
    if (changes.isEmpty()) {
      return;
    }
    try {
      tables.bundle(bridge(), mods);
    } catch (OpenFlowException refused) {
      changes.forEach(change -> failures.add(new Failure(change, refused.getMessage())));
    }
    changes.clear();
    mods.clear();
  }
}
