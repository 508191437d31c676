package io.vxland.daemon;

import io.vxland.dataplane.DataplaneException;
import io.vxland.dataplane.GuardListener;
import io.vxland.dataplane.linux.LinuxDataplane;
import io.vxland.dataplane.linux.RulesetWatch;
import io.vxland.dataplane.linux.Rulesets;
import io.vxland.dataplane.nft.ForwardChains;
import io.vxland.dataplane.nft.NftProgram;
import io.vxland.dataplane.nft.PortFilterTable;
import io.vxland.dataplane.nft.Tables;
import io.vxland.model.InterfaceName;
import java.util.Set;
import java.util.SortedSet;

/**
 * What is ours in nftables, and what others do to it: a change wakes the loop, and what they have
 * taken away is told until it is back.
 */
final class Ruleset implements GuardListener, RulesetWatch.Listener, AutoCloseable {
  private static final String SUBJECT = "nftables";
  private static final String WATCH = "nftables notifications";
  private static final String ADVICE =
      "a flush is noticed only within a minute; check that vxland has CAP_NET_ADMIN";

  private final Health health;
  private final Runnable wake;
  private final LinuxDataplane dataplane;
  private final NftProgram nft = NftProgram.here();
  private final Tables tables = Tables.open(nft);
  private RulesetWatch watch;

  /**
   * Opens the data plane; {@link #start} begins to watch.
   *
   * @param wake has the reconciler run a pass
   */
  Ruleset(Health health, Runnable wake) throws DataplaneException {
    this.health = health;
    this.wake = wake;
    tables
        .deliveries()
        .unavailable()
        .ifPresent(
            reason ->
                health.trouble(
                    "live migration",
                    reason,
                    "until then, frames for a VM that migrates to this host are lost while it is"
                        + " paused"));
    this.dataplane =
        LinuxDataplane.open(
            new Rulesets(
                tables.deliveries(), this, tables.vteps(), tables.frames(), tables.filters()));
  }

  LinuxDataplane dataplane() {
    return dataplane;
  }

  /** What keeps taps from sending what belongs to others. */
  PortFilterTable filters() {
    return tables.filters();
  }

  /** What others do to packets that are forwarded. */
  ForwardChains forwarding() {
    return new ForwardChains(nft);
  }

  void start() {
    try {
      watch = RulesetWatch.start(nft::made, this);
    } catch (DataplaneException refused) {
      deaf(refused.getMessage());
    }
  }

  @Override
  public void changed(Set<RulesetWatch.Part> parts) {
    parts.forEach(dataplane::distrust);
    wake.run();
  }

  @Override
  public void deaf(String reason) {
    health.trouble(WATCH, reason, ADVICE);
  }

  @Override
  public void listening() {
    health.settled(WATCH);
  }

  @Override
  public void taken(SortedSet<InterfaceName> tunnels) {
    health.trouble(
        SUBJECT,
        "table netdev vxland was deleted or changed, for example by 'nft flush ruleset'; affected: "
            + tunnels,
        "vxland restores it at once; keep other programs from flushing it: see nftables in"
            + " vxland(8)");
  }

  @Override
  public void restored() {
    health.settled(SUBJECT);
  }

  @Override
  public void close() {
    if (watch != null) {
      watch.close();
    }
  }
}
