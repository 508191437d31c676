package io.vxland.api;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;

/**
 * A live migration of a VM from or to this host, as this host saw it.
 *
 * @param number rises from 1 within one run of the daemon
 * @param domain the VM's name
 * @param uuid the VM's UUID
 * @param role which end this host is
 * @param state how far it is
 * @param outcome how it ended
 * @param source the VTEP that it leaves; empty if it is not known
 * @param destination the VTEP that it goes to; empty if it is not known
 * @param began when this host first heard of it, as 2026-11-21T12:00:00.123Z
 * @param pauseMs for how long the VM stood still as seen from this host, in ms; 0 if not known
 * @param cards its cards in networks of ours
 * @param peers the hosts that should learn of it
 * @param phases the states that it went through, in order, the current one last; 1 to {@link
 *     #MAX_PHASES}
 * @param steps what happened, in order; at most {@link #MAX_STEPS}
 */
public record Migration(
    long number,
    String domain,
    String uuid,
    Role role,
    State state,
    Outcome outcome,
    String source,
    String destination,
    String began,
    double pauseMs,
    List<Card> cards,
    List<Confirmation> peers,
    List<Phase> phases,
    List<Step> steps) {

  /** Most phases of a migration. */
  public static final int MAX_PHASES = 16;

  /** Most steps of a migration. */
  public static final int MAX_STEPS = 64;

  /**
   * Copies the lists and rounds times.
   *
   * @throws IllegalArgumentException if it contradicts itself, or there is too much of something
   */
  public Migration {
    pauseMs = Millis.exact(pauseMs);
    cards = List.copyOf(cards);
    peers = List.copyOf(peers);
    phases = List.copyOf(phases);
    steps = List.copyOf(steps);
    require(number > 0, "the number of a migration is at least 1");
    require(
        uuid.length() == 36 && uuid.charAt(8) == '-', "the UUID of a migration's VM has no form");
    require(isInstant(began), "a migration began at a time as 2026-11-21T12:00:00.123Z");
    require(
        (state == State.DONE) == (outcome != Outcome.ONGOING),
        "a migration has an outcome exactly when it is done");
    require(
        !phases.isEmpty()
            && phases.size() <= MAX_PHASES
            && phases.get(phases.size() - 1).state() == state,
        "the last of 1 to " + MAX_PHASES + " phases is the state");
    require(steps.size() <= MAX_STEPS, "there are at most " + MAX_STEPS + " steps");
  }

  private static void require(boolean holds, String rule) {
    if (!holds) {
      throw new IllegalArgumentException(rule);
    }
  }

  private static boolean isInstant(String text) {
    try {
      return text.equals(Instant.parse(text).toString());
    } catch (DateTimeParseException e) {
      return false;
    }
  }

  /** Frames of all cards of which the number is known; -1 if it is known of none. */
  public long allFrames() {
    return cards.stream()
        .mapToLong(Card::frames)
        .filter(frames -> frames >= 0)
        .reduce(Long::sum)
        .orElse(-1);
  }

  /** The slowest card's reaction in ms; 0 if none is known. */
  public double slowestReactionMs() {
    return cards.stream().mapToDouble(Card::reactionMs).max().orElse(0);
  }

  /** Which end of a migration a host is. */
  public enum Role {
    SOURCE,
    DESTINATION;

    @Override
    public String toString() {
      return Words.of(this);
    }
  }

  /** How far a migration is. */
  public enum State {
    /** On the source: the memory is copied, the VM runs here. */
    COPYING,
    /** On the source: the VM is paused, or runs there already; its frames are sent on. */
    REDIRECTING,
    /** On the destination: the VM is not running here yet; frames for it are kept in its tap. */
    ARRIVING,
    /** The VM runs where it shall; late frames still find it. */
    SETTLING,
    /** Nothing of it is left in the kernel. */
    DONE;

    @Override
    public String toString() {
      return Words.of(this);
    }
  }

  /** How a migration ended. */
  public enum Outcome {
    /** It goes on; empty in JSON. */
    ONGOING,
    /** On the source: the VM is gone, and runs there. */
    MOVED,
    /** On the destination: the VM runs here. */
    ARRIVED,
    /** It was given up, and the VM runs on at the source. */
    CANCELLED,
    /** It ended otherwise, as with a VM that crashed. */
    FAILED,
    /** Nobody told, as after a restart of the daemon. */
    UNKNOWN;

    @Override
    public String toString() {
      return this == ONGOING ? "" : Words.of(this);
    }
  }

  /**
   * A card of the VM.
   *
   * @param mac its address
   * @param network the network that it is plugged into
   * @param vni that network's VNI
   * @param frames that were redirected, on the source, or delivered into the paused VM's tap, on
   *     the destination; -1 if not known
   * @param reactionMs from libvirt's event to the kernel's acknowledgement of the redirect, in ms;
   *     0 if not known
   */
  public record Card(String mac, String network, int vni, long frames, double reactionMs) {
    /** Rounds the time. */
    public Card {
      reactionMs = Millis.exact(reactionMs);
      require(frames >= -1, "a number of frames is not negative");
    }
  }

  /**
   * A host that should learn where the VM is.
   *
   * @param vtep its address in the underlay
   * @param confirmedMs when it confirmed the new place, in ms since {@code began}; 0 if not known
   * @param reason why it cannot be known, as with static peers that tell nothing; empty if it is
   *     known or still awaited
   */
  public record Confirmation(String vtep, double confirmedMs, String reason) {
    /** Rounds the time. */
    public Confirmation {
      confirmedMs = Millis.exact(confirmedMs);
    }
  }

  /**
   * A state, and when it began.
   *
   * @param state the state
   * @param offsetMs in ms since {@code began}
   */
  public record Phase(State state, double offsetMs) {
    /** Rounds the time. */
    public Phase {
      offsetMs = Millis.exact(offsetMs);
    }
  }

  /**
   * Something that happened.
   *
   * @param offsetMs in ms since {@code began}
   * @param card the address of the card that it concerns; empty if it concerns the VM
   * @param text what happened
   */
  public record Step(double offsetMs, String card, String text) {
    /** Rounds the time. */
    public Step {
      offsetMs = Millis.exact(offsetMs);
    }
  }
}
