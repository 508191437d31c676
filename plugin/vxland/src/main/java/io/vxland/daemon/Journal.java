package io.vxland.daemon;

import io.vxland.api.Migration;
import io.vxland.api.Migration.Role;
import io.vxland.api.MigrationTotals;
import io.vxland.api.Migrations;
import io.vxland.daemon.Cards.Transition;
import io.vxland.migration.Stage;
import io.vxland.model.LocalPort;
import io.vxland.model.MacAddress;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes down each migration, and says one line when it is over. Thread-safe. */
final class Journal {
  private static final Logger log = LoggerFactory.getLogger(Journal.class);

  /** Finished ones that are remembered. */
  private static final int MAX_KEPT = 256;

  private static final String NOT_TOLD =
      "other hosts follow what is advertised and do not confirm it";

  private final Map<UUID, Attempt> ongoing = new HashMap<>();
  private final Deque<Migration> finished = new ArrayDeque<>();
  private final Clock clock;
  private final Supplier<Surroundings> surroundings;
  private MigrationTotals totals = MigrationTotals.NONE;
  private long numbers;
  private long revision;

  /** What a migration's description needs beside the migration. */
  interface Surroundings {
    /** This host's VTEP. */
    Optional<Vtep> vtep();

    /** The name of a network. */
    String network(Vni vni);

    /** The other hosts of a network. */
    List<Vtep> peers(Vni vni);
  }

  Journal(Clock clock, Supplier<Surroundings> surroundings) {
    this.clock = clock;
    this.surroundings = surroundings;
  }

  /**
   * A card has taken a step.
   *
   * @param now {@link System#nanoTime} of the event
   */
  synchronized void note(Transition transition, long now) {
    if (!transition.isChange()) {
      return;
    }
    UUID domain = transition.port().domain();
    Attempt attempt = ongoing.get(domain);
    Optional<Role> begins = beginning(transition.step().stage());
    if (attempt != null && begins.isPresent() && begins.get() != attempt.role()) {
      // It is on its way again before the last one has settled.
      attempt.note(transition, now);
      attempt.overtaken(now);
      finish(domain, attempt);
      attempt = null;
    }
    if (attempt == null) {
      if (begins.isEmpty()) {
        return;
      }
      attempt = new Attempt(++numbers, transition.port(), begins.get(), clock.instant(), now);
      ongoing.put(domain, attempt);
    }
    attempt.note(transition, now);
    revision++;
    if (attempt.isDone()) {
      finish(domain, attempt);
    }
  }

  private static Optional<Role> beginning(Stage stage) {
    if (stage instanceof Stage.Expected || stage instanceof Stage.Incoming) {
      return Optional.of(Role.DESTINATION);
    }
    return stage instanceof Stage.Copying || stage instanceof Stage.Paused
        ? Optional.of(Role.SOURCE)
        : Optional.empty();
  }

  private void finish(UUID domain, Attempt attempt) {
    ongoing.remove(domain);
    if (!attempt.isWorthTelling()) {
      return;
    }
    Migration migration = describe(attempt);
    totals = totals.plus(migration);
    finished.addLast(migration);
    if (finished.size() > MAX_KEPT) {
      finished.removeFirst();
    }
    log.info("{}", line(migration));
  }

  private static String line(Migration migration) {
    boolean source = migration.role() == Role.SOURCE;
    String other = source ? migration.destination() : migration.source();
    StringBuilder text = new StringBuilder("VM '" + migration.domain() + "' ");
    text.append(
        switch (migration.outcome()) {
          case MOVED -> "has moved" + (other.isEmpty() ? "" : " to " + other);
          case ARRIVED -> "has arrived" + (other.isEmpty() ? "" : " from " + other);
          case CANCELLED ->
              source ? "was not moved and runs on here" : "was not moved to this host";
          case FAILED -> source ? "is gone: its migration has failed" : "did not stay here";
          default -> "has left; its new host is unknown";
        });
    if (migration.pauseMs() > 0) {
      text.append(String.format(Locale.ROOT, ": paused for %.0f ms", migration.pauseMs()));
    }
    if (migration.allFrames() >= 0) {
      text.append(", " + migration.allFrames() + " frames " + (source ? "redirected" : "kept"));
    }
    if (migration.slowestReactionMs() > 0) {
      text.append(
          String.format(Locale.ROOT, ", redirect in %.1f ms", migration.slowestReactionMs()));
    }
    return text.toString();
  }

  /**
   * The redirect of a card was acknowledged.
   *
   * @param since {@link System#nanoTime} of libvirt's event
   * @param at that of the kernel's acknowledgement
   */
  synchronized void redirected(LocalPort.Key card, long since, long at) {
    Attempt attempt = ongoing.get(card.domain());
    if (attempt != null) {
      attempt.redirected(card.mac(), since, at);
      revision++;
    }
  }

  /** The other end of a VM's migration. */
  synchronized void elsewhere(UUID domain, Vtep vtep) {
    Attempt attempt = ongoing.get(domain);
    if (attempt != null) {
      attempt.elsewhere(vtep);
    }
  }

  /** libvirt says that a VM ended here because it runs elsewhere. */
  synchronized void moved(UUID domain) {
    Attempt attempt = ongoing.get(domain);
    if (attempt != null) {
      attempt.movedByLibvirt();
    }
  }

  /** libvirt says that a VM was saved: what was copied was no migration. */
  synchronized void saved(UUID domain) {
    Attempt attempt = ongoing.get(domain);
    if (attempt != null) {
      attempt.saved();
    }
  }

  /**
   * So many frames have gone out by a migration tunnel; whose they were is known if of one card.
   */
  synchronized void sent(Vni vni, long frames) {
    List<Attempt> leaving =
        ongoing.values().stream()
            .filter(attempt -> attempt.role() == Role.SOURCE && attempt.cards(vni) > 0)
            .toList();
    if (leaving.size() == 1 && leaving.get(0).cards(vni) == 1) {
      leaving.get(0).sent(vni, frames);
    }
  }

  /** So many frames of a card have come in by a migration tunnel. */
  synchronized void delivered(Vni vni, MacAddress mac, long frames) {
    for (Attempt attempt : ongoing.values()) {
      if (attempt.role() == Role.DESTINATION) {
        attempt.delivered(vni, mac, frames);
      }
    }
  }

  /** So many frames of a card on a switch were redirected, or delivered, since that began. */
  synchronized void frames(Role role, MacAddress mac, long count) {
    for (Attempt attempt : ongoing.values()) {
      if (attempt.role() == role) {
        attempt.frames(mac, count);
      }
    }
  }

  synchronized boolean isIdle() {
    return ongoing.isEmpty();
  }

  /** All that is remembered, the oldest first. */
  synchronized Migrations migrations() {
    List<Migration> all = new ArrayList<>(finished);
    ongoing.values().stream()
        .filter(Attempt::isWorthTelling)
        .map(this::describe)
        .sorted((one, other) -> Long.compare(one.number(), other.number()))
        .forEach(all::add);
    return new Migrations(revision, all);
  }

  synchronized MigrationTotals totals() {
    return totals;
  }

  private Migration describe(Attempt attempt) {
    Surroundings around = surroundings.get();
    return attempt.migration(
        around.vtep().map(Vtep::toString).orElse(""),
        port -> around.network(port.vni()),
        attempt.vnis().stream()
            .flatMap(vni -> around.peers(vni).stream())
            .distinct()
            .sorted()
            .map(peer -> new Migration.Confirmation(peer.toString(), 0, NOT_TOLD))
            .toList());
  }
}
