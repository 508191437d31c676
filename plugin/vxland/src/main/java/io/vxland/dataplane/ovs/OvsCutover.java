package io.vxland.dataplane.ovs;

import io.vxland.dataplane.DataplaneException;
import io.vxland.dataplane.SwitchCutover;
import io.vxland.model.IpAddress;
import io.vxland.model.LocalPort;
import io.vxland.model.MacAddress;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import io.vxland.openflow.Flow;
import io.vxland.openflow.FlowEntry;
import io.vxland.openflow.FlowMod;
import io.vxland.openflow.OpenFlowException;
import io.vxland.plan.ovs.Redirection;
import io.vxland.plan.ovs.SwitchOwnership;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The redirect by flows: a message for each on a connection that is open already, of content that
 * is known already.
 */
public final class OvsCutover implements SwitchCutover {
  private static final Duration LIMIT = Duration.ofSeconds(1);

  /** A few hundred calls are what the JVM takes to compile them. */
  private static final int WARM_UPS = 200;

  private static final MacAddress NOBODY = new MacAddress(0x0200_0000_0001L);

  private final FlowTables tables;
  private final AtomicBoolean warm = new AtomicBoolean();

  /** How many redirects are going on: who only prepares keeps out of their way. */
  private final AtomicInteger urgent = new AtomicInteger();

  private volatile Map<Vni, Redirection> redirections = Map.of();

  private OvsCutover(FlowTables tables) {
    this.tables = tables;
  }

  /**
   * Creates it; it connects when it is told of the first network.
   *
   * @param directory where Open vSwitch has its sockets, such as {@code /run/openvswitch}
   */
  public static OvsCutover in(Path directory) {
    return new OvsCutover(new FlowTables(directory, LIMIT));
  }

  @Override
  public void standing(Map<Vni, Redirection> now) {
    redirections = Map.copyOf(now);
  }

  @Override
  public boolean isFor(LocalPort card) {
    return redirections.containsKey(card.vni());
  }

  @Override
  public boolean redirect(LocalPort card) throws DataplaneException {
    urgent.incrementAndGet();
    try {
      return change(card, card.mac(), FlowMod.Add::new);
    } finally {
      urgent.decrementAndGet();
    }
  }

  @Override
  public void takeBack(LocalPort card) throws DataplaneException {
    change(card, card.mac(), FlowMod.Delete::of);
  }

  /** Nothing: what comes by a tunnel is flooded to the tap as long as no frame of it was seen. */
  @Override
  public void receive(LocalPort card) {}

  private interface Modification {
    FlowMod of(Flow flow);
  }

  private boolean change(LocalPort card, MacAddress mac, Modification modification)
      throws DataplaneException {
    Redirection way = redirections.get(card.vni());
    if (way == null) {
      return false;
    }
    List<FlowMod> mods = way.flows(mac, Optional.empty()).stream().map(modification::of).toList();
    try {
      tables.apply(way.bridge(), mods);
      return true;
    } catch (OpenFlowException failed) {
      throw new DataplaneException(failed.getMessage(), failed);
    }
  }

  /** What is deleted here has never been; the connection is open after it. */
  @Override
  public void prepare(LocalPort card) throws DataplaneException {
    int calls = warm.compareAndSet(false, true) ? WARM_UPS : 1;
    for (int i = 0; i < calls && urgent.get() == 0; i++) {
      change(card, NOBODY, FlowMod.Delete::of);
    }
  }

  @Override
  public void announce(LocalPort card, byte[] frame) throws DataplaneException {
    Redirection way = redirections.get(card.vni());
    if (way == null) {
      return;
    }
    try {
      tables.ask(
          way.bridge(),
          connection -> {
            connection.send(way.toAll(), frame);
            return way;
          });
    } catch (OpenFlowException failed) {
      throw new DataplaneException(failed.getMessage(), failed);
    }
  }

  /** Only of a redirected card: what NORMAL has learned OpenFlow does not tell. */
  @Override
  public Optional<Vtep> placeOf(LocalPort card) throws DataplaneException {
    return sighting(card).map(Sighting::host);
  }

  @Override
  public boolean mustAskFor(LocalPort card) {
    return true;
  }

  @Override
  public Optional<Sighting> sighting(LocalPort card) throws DataplaneException {
    Redirection way = redirections.get(card.vni());
    if (way == null) {
      return Optional.empty();
    }
    try {
      List<FlowEntry> flows =
          tables.ask(way.bridge(), connection -> connection.flows(0, SwitchOwnership.COOKIE, -1));
      long now = System.nanoTime();
      for (FlowEntry entry : flows) {
        if (entry instanceof FlowEntry.Known known) {
          Optional<IpAddress> host = way.heardFrom(card.mac(), known.flow());
          if (host.isPresent()) {
            return Optional.of(new Sighting(new Vtep(host.get()), now - known.age().toNanos()));
          }
        }
      }
      return Optional.empty();
    } catch (OpenFlowException failed) {
      throw new DataplaneException(failed.getMessage(), failed);
    }
  }

  /** Without a switch there is nothing to try; the first {@link #prepare} does. */
  @Override
  public void warmUp() {}

  @Override
  public void close() {
    tables.close();
  }
}
