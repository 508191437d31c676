package io.vxland.api;

import io.vxland.api.Migration.Card;
import io.vxland.api.Migration.Confirmation;
import io.vxland.api.Migration.Outcome;
import io.vxland.api.Migration.Phase;
import io.vxland.api.Migration.Role;
import io.vxland.api.Migration.State;
import io.vxland.api.Migration.Step;
import java.util.ArrayList;
import java.util.List;

/** A VM with two cards on its way from 10.99.0.1 to 10.99.0.2, as both hosts see it. */
public final class SampleMigrations {
  /** The VM's UUID. */
  public static final String UUID = "6d1f2c1e-0b1a-4a53-9d4e-1f6f3f0a7b10";

  private static final String MAC_A = "52:54:00:00:00:01";
  private static final String MAC_B = "52:54:00:00:00:02";
  private static final String REASON = "static peers tell nothing";

  private SampleMigrations() {}

  /** On the source, while the memory is copied. */
  public static Migration copying(long number, String domain) {
    return source(
        number, domain, Outcome.ONGOING, 0, cards(-1, 0), phases(State.COPYING), steps(1));
  }

  /** On the source, after the pause. */
  public static Migration redirecting(long number, String domain) {
    return source(
        number,
        domain,
        Outcome.ONGOING,
        0,
        cards(7, 0.412),
        phases(State.COPYING, State.REDIRECTING),
        steps(3));
  }

  /** On the source, at the end. */
  public static Migration moved(long number, String domain) {
    return source(
        number,
        domain,
        Outcome.MOVED,
        51.25,
        cards(300, 0.412),
        phases(State.COPYING, State.REDIRECTING, State.SETTLING, State.DONE),
        steps(5));
  }

  /** On the source, given up before the pause. */
  public static Migration cancelled(long number, String domain) {
    return source(
        number,
        domain,
        Outcome.CANCELLED,
        0,
        cards(-1, 0),
        List.of(new Phase(State.COPYING, 0), new Phase(State.DONE, 812.5)),
        steps(1));
  }

  /** On the destination, at the end. */
  public static Migration arrived(long number, String domain) {
    return new Migration(
        number,
        domain,
        UUID,
        Role.DESTINATION,
        State.DONE,
        Outcome.ARRIVED,
        "",
        "10.99.0.2",
        "2026-11-21T12:00:00.123Z",
        0,
        List.of(new Card(MAC_A, "blue", 5001, 0, 0)),
        List.of(),
        List.of(
            new Phase(State.ARRIVING, 0),
            new Phase(State.SETTLING, 1650),
            new Phase(State.DONE, 1850)),
        List.of());
  }

  private static Migration source(
      long number,
      String domain,
      Outcome outcome,
      double pauseMs,
      List<Card> cards,
      List<Phase> phases,
      List<Step> steps) {
    return new Migration(
        number,
        domain,
        UUID,
        Role.SOURCE,
        phases.get(phases.size() - 1).state(),
        outcome,
        "10.99.0.1",
        "10.99.0.2",
        "2026-11-21T12:00:00.123Z",
        pauseMs,
        cards,
        List.of(
            new Confirmation("10.99.0.2", outcome == Outcome.MOVED ? 1651.125 : 0, ""),
            new Confirmation("10.99.0.3", 0, REASON)),
        phases,
        steps);
  }

  private static List<Card> cards(long frames, double reactionMs) {
    return List.of(
        new Card(MAC_A, "blue", 5001, frames, reactionMs),
        new Card(MAC_B, "red", 7, frames < 0 ? -1 : 12, reactionMs * 2));
  }

  private static List<Phase> phases(State... states) {
    double[] offsets = {0, 1600, 1651.25, 1851.25};
    List<Phase> phases = new ArrayList<>();
    for (int i = 0; i < states.length; i++) {
      phases.add(new Phase(states[i], offsets[i]));
    }
    return phases;
  }

  private static List<Step> steps(int count) {
    return List.of(
            new Step(0.5, "", "the memory is being copied; the migration tunnels stand"),
            new Step(1600, "", "libvirt: the VM is paused"),
            new Step(1600.412, MAC_A, "the kernel sends its frames into vxmig5001"),
            new Step(
                1651.25,
                MAC_A,
                "seen behind 10.99.0.2 by the kernel, from the announcement that QEMU sends there"),
            new Step(1851.25, "", "nothing is left of it"))
        .subList(0, count);
  }
}
