package io.vxland.daemon;

import io.vxland.dataplane.Cutover;
import io.vxland.dataplane.Cutover.Sighting;
import io.vxland.dataplane.DataplaneException;
import io.vxland.model.LocalPort;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks again and again for cards that were sent elsewhere, where nobody tells when they are heard
 * from there. Used on one thread, that of its clock.
 */
final class Lookout {
  private static final Logger log = LoggerFactory.getLogger(Lookout.class);

  /** An answer says when the frame came, so that this is only how late one learns of it. */
  private static final long PERIOD_MS = 20;

  private final World world;
  private final Cutover cutover;
  private final Clock clock;
  private final Finding finding;
  private final Set<LocalPort.Key> sought = new HashSet<>();

  /** Runs something later, on the same thread. */
  interface Clock {
    void after(long milliseconds, Runnable task);
  }

  /** Takes in that a card was heard from another host. */
  interface Finding {
    void found(LocalPort card, Sighting sighting);
  }

  Lookout(World world, Cutover cutover, Clock clock, Finding finding) {
    this.world = world;
    this.cutover = cutover;
    this.clock = clock;
    this.finding = finding;
  }

  /** Looks out for a card until it is heard, or nobody wants to know any more. */
  void seek(LocalPort card) {
    if (cutover.mustAskFor(card) && sought.add(card.key())) {
      look(card);
    }
  }

  private void look(LocalPort card) {
    if (!world.isUnheard(card.key())) {
      sought.remove(card.key());
      return;
    }
    Optional<Sighting> sighting = sighting(card);
    if (sighting.isPresent()) {
      sought.remove(card.key());
      finding.found(card, sighting.get());
    } else {
      clock.after(PERIOD_MS, () -> look(card));
    }
  }

  private Optional<Sighting> sighting(LocalPort card) {
    try {
      return cutover.sighting(card);
    } catch (DataplaneException unknown) {
      log.debug("{}: {}", card.mac(), unknown.getMessage());
      return Optional.empty();
    }
  }
}
