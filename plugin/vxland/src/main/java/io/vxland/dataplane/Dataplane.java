package io.vxland.dataplane;

import io.vxland.model.HostAddress;
import io.vxland.model.InterfaceName;
import io.vxland.model.IpAddress;
import io.vxland.model.MacAddress;
import io.vxland.model.Vtep;
import io.vxland.plan.ActualState;
import io.vxland.plan.Change;
import io.vxland.plan.DeniedFrames;
import io.vxland.plan.Inputs;
import io.vxland.plan.Problem;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** What a driver of a data plane does. Used by the reconciler's thread only. */
public interface Dataplane extends AutoCloseable {
  /**
   * Reads what the kernel has. Of what bridges have learned, which guests can make as much as they
   * like, a bounded part is read.
   *
   * @param moving the ports of which it must be read on which bridge port they were learned
   * @throws DataplaneException if it cannot be read
   */
  ActualState read(Set<MacAddress> moving) throws DataplaneException;

  /**
   * Has the next {@link #read} ask the kernel for all, also for what is taken to be as it was left
   * because the kernel tells of each change to it.
   */
  void distrust();

  /**
   * Applies changes in their order. A change that fails does not keep the others from being tried.
   *
   * @return the changes that failed, with the kernel's words
   * @throws DataplaneException if the kernel cannot be spoken to at all
   */
  List<Failure> apply(List<Change> changes) throws DataplaneException;

  /**
   * Finds where tunnels start on this host.
   *
   * @param home which address they start from
   * @param peers the VTEPs of other hosts, as far as they are known: packets leave by the devices
   *     of the routes to them
   */
  Uplink uplink(Home home, Collection<IpAddress> peers) throws DataplaneException;

  /**
   * Reads the FDB of one VXLAN device: all that somebody wrote, and some of what it learned.
   *
   * @param mostLearned how many learned entries at most
   * @throws DataplaneException if it cannot be read
   */
  Listing forwarding(InterfaceName vxlan, int mostLearned) throws DataplaneException;

  /**
   * How many frames a device has sent; a VXLAN device counts each copy.
   *
   * @return empty if there is no such device
   * @throws DataplaneException if it cannot be read
   */
  OptionalLong framesSent(InterfaceName device) throws DataplaneException;

  /**
   * How many frames have been delivered out of migration tunnels, by tunnel and card.
   *
   * @throws DataplaneException if it cannot be read
   */
  Map<InterfaceName, Map<MacAddress, Long>> framesDelivered() throws DataplaneException;

  /**
   * What taps in bridges have tried to send and could not.
   *
   * @throws DataplaneException if it cannot be read
   */
  Map<InterfaceName, DeniedFrames> denied() throws DataplaneException;

  @Override
  void close();

  /**
   * The FDB of a VXLAN device.
   *
   * @param entries as many as were asked for
   * @param more how many learned entries there are beside
   */
  record Listing(List<Forwarded> entries, long more) {
    /** Copies the list. */
    public Listing {
      entries = List.copyOf(entries);
    }
  }

  /**
   * A change that the kernel refused.
   *
   * @param change what was tried
   * @param reason the kernel's words, or who is in the way
   * @param remedy what an administrator can do; "" where only trying again helps
   */
  record Failure(Change change, String reason, String remedy) {
    /** One without a remedy. */
    public Failure(Change change, String reason) {
      this(change, reason, "");
    }
  }

  /**
   * Which address tunnels start from.
   *
   * @param wanted what the configuration says
   * @param kept the one that they start from by now: other hosts send there. It stays for as long
   *     as the host has it and the configuration allows it
   */
  record Home(HostAddress wanted, Optional<Vtep> kept) {
    /** Nothing is said, and none is there yet. */
    public static final Home ANY = new Home(new HostAddress.OfDefaultRoute(), Optional.empty());
  }

  /**
   * Where tunnels start.
   *
   * @param vtep the address; empty if none could be found
   * @param underlay the device that has it; empty if none is up and has it
   * @param problems what speaks against this address
   */
  record Uplink(Optional<Vtep> vtep, Optional<Inputs.Underlay> underlay, List<Problem> problems) {
    /** Copies the list. */
    public Uplink {
      problems = List.copyOf(problems);
    }

    /** One that nothing speaks against. */
    public Uplink(Optional<Vtep> vtep, Optional<Inputs.Underlay> underlay) {
      this(vtep, underlay, List.of());
    }
  }
}
