package io.vxland.daemon;

import io.vxland.api.Migration;
import io.vxland.api.Migration.Outcome;
import io.vxland.api.Migration.Role;
import io.vxland.api.Migration.State;
import io.vxland.daemon.Cards.Transition;
import io.vxland.migration.Event;
import io.vxland.migration.Stage;
import io.vxland.model.InterfaceName;
import io.vxland.model.LocalPort;
import io.vxland.model.MacAddress;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** One migration of one VM, as it is written down while it goes on. */
final class Attempt {
  private static final double NANOS_PER_MS = 1e6;

  private final long number;
  private final LocalPort vm;
  private final Role role;
  private final Instant began;
  private final long beganAt;
  private final Map<MacAddress, Line> lines = new TreeMap<>();
  private final List<Migration.Phase> phases = new ArrayList<>();
  private final List<Migration.Step> steps = new ArrayList<>();
  private Optional<Vtep> elsewhere = Optional.empty();
  private boolean cameBack;
  private boolean movedByLibvirt;
  private boolean saved;
  private boolean plugged;
  private boolean ranHere;
  private boolean overtaken;
  private long pausedAt;
  private long heardAt;

  /** What is known of one card. */
  private static final class Line {
    private final LocalPort port;
    private Stage stage;
    private long frames = -1;

    /** What the tunnel had sent before this migration; -1 while it is not known. */
    private long sentBefore = -1;

    private long reaction;

    Line(LocalPort port) {
      this.port = port;
    }
  }

  Attempt(long number, LocalPort vm, Role role, Instant began, long beganAt) {
    this.number = number;
    this.vm = vm;
    this.role = role;
    this.began = began;
    this.beganAt = beganAt;
  }

  Role role() {
    return role;
  }

  Set<Vni> vnis() {
    return lines.values().stream().map(line -> line.port.vni()).collect(Collectors.toSet());
  }

  void note(Transition transition, long now) {
    Line line = lines.computeIfAbsent(transition.port().mac(), mac -> new Line(transition.port()));
    line.stage = transition.step().stage();
    Event event = transition.event();
    if ((event == Event.HALTED || event == Event.PAUSED) && pausedAt == 0) {
      pausedAt = now;
    }
    if (event == Event.HEARD_ELSEWHERE && heardAt == 0) {
      heardAt = now;
    }
    boolean left =
        transition.from() instanceof Stage.Copying || transition.from() instanceof Stage.Paused;
    cameBack |= role == Role.SOURCE && left && line.stage instanceof Stage.Here;
    plugged |= line.stage instanceof Stage.Incoming;
    ranHere |= role == Role.DESTINATION && line.stage instanceof Stage.Here;
    say(now, transition.port().mac().toString(), words(transition));
    enter(now);
  }

  private void say(long now, String card, String text) {
    if (steps.size() < Migration.MAX_STEPS) {
      steps.add(new Migration.Step(offset(now), card, text));
    }
  }

  void redirected(MacAddress mac, long since, long at) {
    Line line = lines.get(mac);
    if (line != null && line.reaction == 0) {
      line.reaction = at - since;
      say(at, mac.toString(), "the kernel redirects them");
    }
  }

  /** It was no migration after all. */
  void saved() {
    saved = true;
  }

  /** How many of its cards are in a network. */
  long cards(Vni vni) {
    return lines.values().stream().filter(line -> line.port.vni().equals(vni)).count();
  }

  /**
   * A tunnel stands through many migrations. What it had sent before this one is known if it was
   * asked before the pause; otherwise the number of frames stays unknown.
   */
  void sent(Vni vni, long frames) {
    for (Line line : lines.values()) {
      if (!line.port.vni().equals(vni)) {
        continue;
      }
      if (pausedAt == 0) {
        line.sentBefore = frames;
      } else if (line.sentBefore >= 0) {
        line.frames = Math.max(line.frames, frames - line.sentBefore);
      }
    }
  }

  void frames(MacAddress mac, long count) {
    Line line = lines.get(mac);
    if (line != null) {
      line.frames = Math.max(line.frames, count);
    }
  }

  void delivered(Vni vni, MacAddress mac, long frames) {
    Line line = lines.get(mac);
    if (line != null && line.port.vni().equals(vni)) {
      line.frames = Math.max(line.frames, frames);
    }
  }

  /** The other end of it. */
  void elsewhere(Vtep vtep) {
    elsewhere = Optional.of(vtep);
  }

  /** libvirt says that the VM's end here was a migration's. */
  void movedByLibvirt() {
    movedByLibvirt = true;
  }

  boolean isDone() {
    return state() == State.DONE;
  }

  /** Whether it came to anything; an offline migration only announces itself. */
  boolean isWorthTelling() {
    return role == Role.SOURCE ? !saved : plugged;
  }

  /** It is over, because the VM is on its way again. */
  void overtaken(long now) {
    overtaken = true;
    enter(now);
  }

  private void enter(long now) {
    State state = state();
    if (!phases.isEmpty() && phases.get(phases.size() - 1).state() == state) {
      return;
    }
    if (phases.size() == Migration.MAX_PHASES) {
      phases.remove(phases.size() - 1);
    }
    phases.add(new Migration.Phase(state, offset(now)));
  }

  private State state() {
    if (overtaken) {
      return State.DONE;
    }
    Collection<Line> all = lines.values();
    if (role == Role.DESTINATION) {
      if (all.stream().anyMatch(line -> isComing(line.stage))) {
        return State.ARRIVING;
      }
      return all.stream().anyMatch(line -> isDelivering(line.stage)) ? State.SETTLING : State.DONE;
    }
    if (all.stream().anyMatch(line -> isRedirecting(line.stage))) {
      return State.REDIRECTING;
    }
    if (all.stream().anyMatch(line -> line.stage instanceof Stage.Copying)) {
      return State.COPYING;
    }
    return all.stream().anyMatch(line -> isLeaving(line.stage)) ? State.SETTLING : State.DONE;
  }

  private static boolean isComing(Stage stage) {
    return stage instanceof Stage.Expected || stage instanceof Stage.Incoming;
  }

  private static boolean isDelivering(Stage stage) {
    return stage instanceof Stage.Here here && here.deliverUntil().isPresent();
  }

  private static boolean isRedirecting(Stage stage) {
    return stage instanceof Stage.Paused paused && !paused.heard();
  }

  /** As long as it is not gone from here it may come back. */
  private static boolean isLeaving(Stage stage) {
    return stage instanceof Stage.Away || stage instanceof Stage.Paused;
  }

  private Outcome outcome() {
    if (!isDone()) {
      return Outcome.ONGOING;
    }
    if (role == Role.DESTINATION) {
      boolean here =
          lines.values().stream().anyMatch(line -> !(line.stage instanceof Stage.Absent));
      return here ? Outcome.ARRIVED : ranHere ? Outcome.FAILED : Outcome.CANCELLED;
    }
    if (cameBack) {
      return Outcome.CANCELLED;
    }
    if (movedByLibvirt || heardAt != 0) {
      return Outcome.MOVED;
    }
    return pausedAt == 0 ? Outcome.FAILED : Outcome.UNKNOWN;
  }

  private static String words(Transition transition) {
    String tap = transition.port().tap().map(InterfaceName::value).orElse("its tap");
    return switch (transition.event()) {
      case EXPECTED -> "a migration to this host is announced";
      case PLUGGED -> tap + " is plugged in; frames for the NIC wait in it";
      case WAITING -> "its QEMU waits here";
      case COPYING -> "its memory is being copied";
      case COPY_ENDED -> "the copy has ended; it runs on here";
      case HALTED, PAUSED -> "paused; its frames are to be redirected";
      case RUNNING -> "runs here";
      case HELD -> "is here, paused by its owner";
      case HEARD_HERE -> "announced on " + tap;
      case HEARD_ELSEWHERE -> "seen on another host";
      case FOUND_PAUSED -> "libvirt has it paused for a migration";
      case GONE -> "gone from here";
      case TICK -> "settled";
      case TICK_DEAF -> "other hosts may not know yet where it is";
    };
  }

  /**
   * What is known of it by now.
   *
   * @param here this host's VTEP
   * @param network the name of a card's network
   * @param peers who should learn of it
   */
  Migration migration(
      String here, Function<LocalPort, String> network, List<Migration.Confirmation> peers) {
    boolean source = role == Role.SOURCE;
    String other = elsewhere.map(Vtep::toString).orElse("");
    return new Migration(
        number,
        vm.domainName(),
        vm.domain().toString(),
        role,
        state(),
        outcome(),
        source ? here : other,
        source ? other : here,
        began.toString(),
        source && pausedAt != 0 && heardAt != 0 ? (heardAt - pausedAt) / NANOS_PER_MS : 0,
        lines.values().stream()
            .map(
                line ->
                    new Migration.Card(
                        line.port.mac().toString(),
                        network.apply(line.port),
                        line.port.vni().value(),
                        line.frames,
                        line.reaction / NANOS_PER_MS))
            .toList(),
        peers,
        phases,
        steps);
  }

  private double offset(long now) {
    return (now - beganAt) / NANOS_PER_MS;
  }
}
