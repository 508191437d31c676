package io.vxland.cli;

import io.vxland.api.Migration;
import io.vxland.api.Migration.Card;
import io.vxland.api.Migration.Confirmation;
import io.vxland.api.Migration.Outcome;
import io.vxland.api.Migration.Phase;
import io.vxland.api.Migration.State;
import io.vxland.api.Migration.Step;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** One migration on a page of 80 columns, in ASCII: a bar for each state, then the steps. */
final class Timeline {
  private static final int WIDTH = 80;

  /** Characters of the whole time. */
  private static final int BAR = 40;

  private final PrintWriter out;
  private final boolean legend;

  /**
   * Creates a writer.
   *
   * @param legend whether to print the heads of tables
   */
  Timeline(PrintWriter out, boolean legend) {
    this.out = out;
    this.legend = legend;
  }

  void print(Migration migration) {
    Table head = new Table(false, "", "");
    head.row("Migration:", migration.number() + ", this host is the " + migration.role());
    head.row("VM:", migration.domain());
    head.row("UUID:", migration.uuid());
    head.row("From:", migration.source());
    head.row("To:", migration.destination());
    head.row("Began:", migration.began());
    head.row("State:", verdict(migration));
    head.row("Pause:", Text.orDash(migration.pauseMs()));
    head.print(out);
    out.println();
    bars(migration);
    cards(migration.cards());
    peers(migration.peers());
    steps(migration.steps());
  }

  private static String verdict(Migration migration) {
    String state = MigrationsView.state(migration);
    return migration.outcome() == Outcome.ONGOING
        ? state
        : state + " after " + Text.millis(last(migration.phases()).offsetMs());
  }

  private void bars(Migration migration) {
    List<Phase> phases = migration.phases();
    double end = end(migration);
    for (int i = 0; i < phases.size(); i++) {
      Phase phase = phases.get(i);
      if (phase.state() == State.DONE) {
        continue;
      }
      boolean goesOn = i == phases.size() - 1;
      double until = Math.max(goesOn ? end : phases.get(i + 1).offsetMs(), phase.offsetMs());
      int from = Math.min(scaled(phase.offsetMs(), end), BAR - 1);
      int to = Math.min(Math.max(scaled(until, end), from + 1), BAR);
      out.println(
          String.format(Locale.ROOT, "%-11s  |", phase.state())
              + " ".repeat(from)
              + mark(phase.state()).repeat(to - from)
              + " ".repeat(BAR - to)
              + String.format(Locale.ROOT, "| +%-9s ", Text.millis(phase.offsetMs()))
              + (goesOn ? "ongoing" : Text.millis(until - phase.offsetMs())));
    }
  }

  /** The end of it, or the last thing that is known of it, in ms. */
  private static double end(Migration migration) {
    double end = last(migration.phases()).offsetMs();
    for (Step step : migration.steps()) {
      end = Math.max(end, step.offsetMs());
    }
    return migration.state() == State.DONE ? last(migration.phases()).offsetMs() : end;
  }

  private static Phase last(List<Phase> phases) {
    return phases.get(phases.size() - 1);
  }

  private static int scaled(double offset, double end) {
    return end == 0 ? 0 : (int) Math.round(BAR * Math.min(offset / end, 1));
  }

  private static String mark(State state) {
    return switch (state) {
      case COPYING -> "-";
      case REDIRECTING, ARRIVING -> "#";
      case SETTLING -> "=";
      case DONE -> " ";
    };
  }

  private void cards(List<Card> cards) {
    if (cards.isEmpty()) {
      return;
    }
    out.println();
    Table table = new Table(legend, "NIC", "NETWORK", "VNI", "FRAMES", "REACTION");
    for (Card card : cards) {
      table.row(
          card.mac(),
          card.network(),
          card.vni(),
          MigrationsView.frames(card.frames()),
          Text.orDash(card.reactionMs()));
    }
    table.print(out);
  }

  private void peers(List<Confirmation> peers) {
    if (peers.isEmpty()) {
      return;
    }
    out.println();
    Table table = new Table(legend, "PEER", "CONFIRMED");
    for (Confirmation peer : peers) {
      table.row(peer.vtep(), confirmed(peer));
    }
    table.print(out);
  }

  private static String confirmed(Confirmation peer) {
    if (peer.confirmedMs() > 0) {
      return "+" + Text.millis(peer.confirmedMs());
    }
    return peer.reason().isEmpty() ? "" : "not known: " + peer.reason();
  }

  private void steps(List<Step> steps) {
    if (steps.isEmpty()) {
      return;
    }
    out.println();
    int cardWidth =
        steps.stream().mapToInt(step -> Text.clean(step.card()).length()).max().orElse(0);
    for (Step step : steps) {
      String offset = String.format(Locale.ROOT, "+%.3f ms", step.offsetMs());
      String card = Text.clean(step.card());
      String margin =
          String.format(Locale.ROOT, "%14s  ", offset)
              + (cardWidth == 0 ? "" : card + " ".repeat(cardWidth - card.length() + 2));
      List<String> lines = Text.wrap(step.text(), Math.max(20, WIDTH - margin.length()));
      out.println((margin + lines.get(0)).stripTrailing());
      lines.stream().skip(1).forEach(line -> out.println(" ".repeat(margin.length()) + line));
    }
  }
}
