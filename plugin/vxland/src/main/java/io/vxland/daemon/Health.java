package io.vxland.daemon;

import io.vxland.api.Problem;
import io.vxland.config.Configuration;
import io.vxland.control.ControlPlane;
import io.vxland.dataplane.Dataplane.Failure;
import io.vxland.model.Vtep;
import io.vxland.os.ServiceNotifier;
import io.vxland.plan.Change;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How well the daemon does: says each trouble once when it comes and once when it is over, in the
 * log and in the unit's status.
 */
final class Health {
  private static final Logger log = LoggerFactory.getLogger(Health.class);

  private final ServiceNotifier notifier;
  private final World world;
  private final Map<String, Problem> own = new ConcurrentHashMap<>();
  private Set<Problem> ofControl = Set.of();
  private List<String> objections = List.of();
  private Set<String> troubles = Set.of();
  private String status = "";
  private Instant inSyncSince;

  Health(ServiceNotifier notifier, World world) {
    this.notifier = notifier;
    this.world = world;
  }

  /** Takes in the outcome of a pass. */
  synchronized void report(Outcome outcome) {
    Set<String> now = new TreeSet<>();
    if (!outcome.error().isEmpty()) {
      now.add("cannot read the kernel: " + outcome.error() + "; trying again");
    }
    outcome.problems().forEach(problem -> now.add(problem.toString()));
    for (Failure failure : outcome.failures()) {
      now.add(
          "refused by "
              + (failure.change() instanceof Change.OnSwitch ? "Open vSwitch: " : "the kernel: ")
              + failure.change().command()
              + ": "
              + failure.reason()
              + (failure.remedy().isEmpty() ? "; trying again" : "; " + failure.remedy()));
    }
    objections = objections(outcome);
    now.addAll(objections);
    now.stream().filter(trouble -> !troubles.contains(trouble)).forEach(log::warn);
    troubles.stream()
        .filter(trouble -> !now.contains(trouble))
        .forEach(trouble -> log.info("settled: {}", trouble));
    troubles = now;
    sayMade(outcome.applied().kernel(), "the kernel");
    sayMade(outcome.applied().switches(), "Open vSwitch");
    if (!outcome.inSync()) {
      inSyncSince = null;
    } else if (inSyncSince == null) {
      inSyncSince = Instant.now().truncatedTo(ChronoUnit.MILLIS);
      log.info("in sync");
    }
    tellManager(outcome);
  }

  private static void sayMade(int changes, String where) {
    if (changes > 0) {
      log.info("made {} {} to {}", changes, changes == 1 ? "change" : "changes", where);
    }
  }

  /** What speaks against the address that was found; a configured one was checked on reading. */
  private List<String> objections(Outcome outcome) {
    Configuration configuration = world.configuration();
    Optional<Vtep> found = outcome.uplink().vtep();
    return configuration.host().address().exact().isPresent() || found.isEmpty()
        ? List.of()
        : configuration.objectionsTo(found.get());
  }

  private void tellManager(Outcome outcome) {
    World.View view = world.view();
    String now =
        Views.shown(view, outcome).size()
            + " networks, "
            + view.ports().size()
            + " ports, "
            + (outcome.inSync() ? "in sync" : pending(outcome))
            + (troubles.isEmpty() ? "" : ", " + troubles.size() + " problems: see vxctl status");
    if (!now.equals(status)) {
      status = now;
      notifier.status(status);
    }
    notifier.watchdog();
  }

  private static String pending(Outcome outcome) {
    int absent = outcome.absent().size();
    return outcome.remaining().size()
        + " changes pending"
        + (absent == 0 ? "" : ", " + absent + " of the networks not as they should be");
  }

  synchronized String status() {
    return status;
  }

  synchronized Optional<Instant> inSyncSince() {
    return Optional.ofNullable(inSyncSince);
  }

  /** Takes in what the control plane cannot do, and what is in its way here, all of it. */
  synchronized void control(
      List<ControlPlane.Trouble> now, List<io.vxland.plan.Problem> ofNetworks) {
    Set<Problem> found = new LinkedHashSet<>();
    ofNetworks.stream().map(Views::problem).forEach(found::add);
    now.forEach(each -> found.add(new Problem(each.subject(), each.message(), each.advice())));
    found.stream()
        .filter(each -> !ofControl.contains(each))
        .forEach(each -> log.warn("{}: {}; {}", each.subject(), each.message(), each.advice()));
    ofControl.stream()
        .filter(each -> !found.contains(each))
        .forEach(each -> log.info("settled: {}: {}", each.subject(), each.message()));
    ofControl = found;
  }

  /** Notes a trouble of the daemon's own that no pass finds. */
  void trouble(String subject, String message, String advice) {
    Problem problem = new Problem(subject, message, advice);
    if (!problem.equals(own.put(subject, problem))) {
      log.warn("{}: {}; {}", subject, message, advice);
    }
  }

  /** The trouble of a subject is over. */
  void settled(String subject) {
    if (own.remove(subject) != null) {
      log.info("settled: {}", subject);
    }
  }

  synchronized List<Problem> problems() {
    List<Problem> problems = new ArrayList<>(own.values());
    problems.addAll(ofControl);
    objections.forEach(
        objection ->
            problems.add(
                new Problem(
                    "configuration", objection, "correct it, then: systemctl reload vxland")));
    return problems;
  }
}
