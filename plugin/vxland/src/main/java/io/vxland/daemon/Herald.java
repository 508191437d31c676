package io.vxland.daemon;

import io.vxland.control.ControlPlane;
import io.vxland.model.Vtep;
import io.vxland.plan.Presences;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Tells the other hosts what this one has. Whoever knows of a change first has it told, which is
 * before the kernel is even read. Thread-safe: what is told last is the latest.
 */
final class Herald {
  private final World world;
  private final Supplier<ControlPlane> control;
  private final String hostName;
  private Optional<Vtep> self = Optional.empty();

  /**
   * Creates it.
   *
   * @param control the control plane as it is now
   * @param hostName who this host is, for people
   */
  Herald(World world, Supplier<ControlPlane> control, String hostName) {
    this.world = world;
    this.control = control;
    this.hostName = hostName;
  }

  /** This host's VTEP, or that it has none for the time being. */
  synchronized void placed(Optional<Vtep> vtep) {
    self = vtep;
  }

  /** Tells the world as it is now; nothing before a VTEP is known. */
  synchronized void tell() {
    if (self.isPresent()) {
      World.View now = world.view();
      control.get().publish(Presences.of(now.networks(), now.ports(), self.get(), hostName));
    }
  }
}
