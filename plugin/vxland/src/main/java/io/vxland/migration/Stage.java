package io.vxland.migration;

import io.vxland.migration.Step.Effect;
import io.vxland.model.Handover;
import io.vxland.model.LocalPort;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Where one card of a VM stands on this host, on the way through any number of migrations.
 *
 * <p>The order of events is that of libvirt 4 to 12: on the destination {@code migrate} and {@code
 * start} hooks before any memory is copied, then the card's own frame (QEMU's announcement) and the
 * resumption; on the source passes of copying, the pause, and seconds later the end. There is no
 * order between the two hosts.
 *
 * <p>Times are nanoseconds of one host's monotonic clock.
 */
public sealed interface Stage {
  /** How long after a VM was heard elsewhere late frames for it are still turned there. */
  long SETTLE = 3_000_000_000L;

  /** How long after its arrival such frames are taken: longer than any source sends them. */
  long DELIVER = 10_000_000_000L;

  /** How often libvirt is asked whether it still copies a VM. */
  long ASK = 2_000_000_000L;

  /** How long a VM may be paused for a migration of which nothing is heard. */
  long REDIRECT_LIMIT = 300_000_000_000L;

  /** How long after the {@code migrate} hook its tap may come; offline migrations bring none. */
  long EXPECT_LIMIT = 60_000_000_000L;

  /** Takes in an event. */
  Step on(Event event, long now);

  /** What the port's state is; empty where this host has no such port. */
  default Optional<LocalPort.State> portState() {
    return Optional.empty();
  }

  /** What the kernel should do for the card. */
  default List<Handover> handovers(LocalPort port) {
    return List.of();
  }

  /** When a {@link Event#TICK} is due. */
  default OptionalLong deadline() {
    return OptionalLong.empty();
  }

  /** Whether it was sent elsewhere, and not heard from there yet. */
  default boolean isUnheard() {
    return false;
  }

  /** Nothing of the card is here. */
  record Absent() implements Stage {
    @Override
    public Step on(Event event, long now) {
      return switch (event) {
        case EXPECTED -> Step.to(new Expected(now + EXPECT_LIMIT));
        case PLUGGED, RUNNING, HELD -> Step.to(Here.SETTLED);
        // Of a VM that nobody has announced we cannot know which end this is. As an incoming one it
        // is not yet told to be here, which is the lesser mistake.
        case WAITING, FOUND_PAUSED -> Step.to(new Incoming());
        default -> Step.to(this);
      };
    }
  }

  /**
   * A migration to this host has announced itself.
   *
   * @param until when it is given up
   */
  record Expected(long until) implements Stage {
    @Override
    public Step on(Event event, long now) {
      return switch (event) {
        case EXPECTED -> Step.to(new Expected(now + EXPECT_LIMIT));
        case PLUGGED, WAITING, FOUND_PAUSED -> Step.to(new Incoming());
        case RUNNING, HELD -> Step.to(Here.SETTLED);
        case GONE -> Step.to(new Absent());
        case TICK, TICK_DEAF -> Step.to(now - until >= 0 ? new Absent() : this);
        default -> Step.to(this);
      };
    }

    @Override
    public OptionalLong deadline() {
      return OptionalLong.of(until);
    }
  }

  /** Its QEMU waits here, and the VM runs elsewhere. */
  record Incoming() implements Stage {
    @Override
    public Step on(Event event, long now) {
      return switch (event) {
        case HEARD_HERE -> Step.to(Here.until(now + DELIVER));
        case RUNNING, HELD -> Step.to(Here.until(now + DELIVER), Effect.RECEIVE);
        case GONE -> Step.to(new Absent());
        default -> Step.to(this);
      };
    }

    @Override
    public Optional<LocalPort.State> portState() {
      return Optional.of(LocalPort.State.INCOMING);
    }

    @Override
    public List<Handover> handovers(LocalPort port) {
      return Handovers.delivery(port, false);
    }
  }

  /**
   * It is here.
   *
   * @param deliverUntil how long frames are taken that another host still redirects
   */
  record Here(OptionalLong deliverUntil) implements Stage {
    /** Here, and nobody redirects anything to it. */
    public static final Here SETTLED = new Here(OptionalLong.empty());

    static Here until(long end) {
      return new Here(OptionalLong.of(end));
    }

    @Override
    public Step on(Event event, long now) {
      return switch (event) {
        case COPYING -> Step.to(new Copying(deliverUntil, now + ASK));
        // Its migrate hook was missed: the daemon was down then.
        case WAITING -> Step.to(deliverUntil.isPresent() ? this : new Incoming());
        case PAUSED -> Step.to(Paused.at(now), Effect.REDIRECT);
        // A list that was read a moment before its arrival says so, too.
        case FOUND_PAUSED ->
            deliverUntil.isPresent() ? Step.to(this) : Step.to(Paused.at(now), Effect.REDIRECT);
        case GONE -> Step.to(new Absent());
        case TICK -> Step.to(isOver(deliverUntil, now) ? SETTLED : this);
        case TICK_DEAF -> Step.to(isOver(deliverUntil, now) ? until(now + DELIVER) : this);
        default -> Step.to(this);
      };
    }

    @Override
    public Optional<LocalPort.State> portState() {
      return Optional.of(LocalPort.State.HERE);
    }

    @Override
    public List<Handover> handovers(LocalPort port) {
      return Handovers.present(port, deliverUntil);
    }

    @Override
    public OptionalLong deadline() {
      return deliverUntil;
    }
  }

  /**
   * It is here, and its memory is being copied away.
   *
   * @param deliverUntil as in {@link Here}
   * @param askAt when libvirt is to be asked whether that goes on
   */
  record Copying(OptionalLong deliverUntil, long askAt) implements Stage {
    @Override
    public Step on(Event event, long now) {
      return switch (event) {
        case COPY_ENDED -> Step.to(new Here(deliverUntil));
        // If its owner has paused it, libvirt says so next, and it is taken back.
        case HALTED, PAUSED, FOUND_PAUSED -> Step.to(Paused.at(now), Effect.REDIRECT);
        // One that its owner had paused is moved without another pause.
        case GONE -> Step.to(new Away(false, now + SETTLE));
        case TICK, TICK_DEAF -> {
          OptionalLong more =
              event == Event.TICK ? OptionalLong.empty() : OptionalLong.of(now + DELIVER);
          OptionalLong left = isOver(deliverUntil, now) ? more : deliverUntil;
          yield now - askAt >= 0
              ? Step.to(new Copying(left, now + ASK), Effect.ASK_COPY)
              : Step.to(new Copying(left, askAt));
        }
        default -> Step.to(this);
      };
    }

    @Override
    public Optional<LocalPort.State> portState() {
      return Optional.of(LocalPort.State.HERE);
    }

    @Override
    public List<Handover> handovers(LocalPort port) {
      return Handovers.copied(port, deliverUntil);
    }

    @Override
    public OptionalLong deadline() {
      return OptionalLong.of(
          deliverUntil.isPresent() ? Math.min(deliverUntil.getAsLong(), askAt) : askAt);
    }
  }

  /**
   * It was paused here to run elsewhere. It may come back.
   *
   * @param heard whether it was heard from another host since
   * @param until how long its frames are redirected; empty: no longer
   */
  record Paused(boolean heard, OptionalLong until) implements Stage {
    /** Just paused. */
    public static Paused at(long now) {
      return new Paused(false, OptionalLong.of(now + REDIRECT_LIMIT));
    }

    @Override
    public Step on(Event event, long now) {
      return switch (event) {
        case RUNNING, HELD -> Step.to(Here.SETTLED, Effect.TAKE_BACK, Effect.ANNOUNCE);
        // Only news of before the pause, if libvirt does not say so, too.
        case HEARD_HERE -> Step.to(this, Effect.ASK_LIBVIRT);
        case HEARD_ELSEWHERE ->
            Step.to(
                new Paused(true, heard || until.isEmpty() ? until : OptionalLong.of(now + SETTLE)));
        case GONE -> Step.to(new Away(heard, end(now)));
        case TICK, TICK_DEAF -> {
          // Others that have not been told go on sending here.
          boolean more = heard && event == Event.TICK_DEAF;
          OptionalLong next = more ? OptionalLong.of(now + SETTLE) : OptionalLong.empty();
          yield Step.to(isOver(until, now) ? new Paused(heard, next) : this);
        }
        default -> Step.to(this);
      };
    }

    private long end(long now) {
      long settled = now + SETTLE;
      return until.isPresent() && until.getAsLong() - settled < 0 ? until.getAsLong() : settled;
    }

    @Override
    public Optional<LocalPort.State> portState() {
      return Optional.of(LocalPort.State.LEAVING);
    }

    @Override
    public List<Handover> handovers(LocalPort port) {
      return until.isPresent() ? Handovers.redirect(port, heard) : List.of();
    }

    @Override
    public OptionalLong deadline() {
      return until;
    }

    @Override
    public boolean isUnheard() {
      return !heard;
    }
  }

  /**
   * It has left, and frames may still come for it.
   *
   * @param heard whether it was heard from another host
   * @param until how long they are redirected
   */
  record Away(boolean heard, long until) implements Stage {
    @Override
    public Step on(Event event, long now) {
      return switch (event) {
        case EXPECTED -> Step.to(new Expected(now + EXPECT_LIMIT));
        case PLUGGED, RUNNING, HELD -> Step.to(Here.SETTLED);
        case WAITING, FOUND_PAUSED -> Step.to(new Incoming());
        case HEARD_ELSEWHERE -> Step.to(new Away(true, until));
        case TICK -> Step.to(now - until >= 0 ? new Absent() : this);
        case TICK_DEAF -> Step.to(now - until >= 0 ? new Away(heard, now + SETTLE) : this);
        default -> Step.to(this);
      };
    }

    @Override
    public List<Handover> handovers(LocalPort port) {
      return Handovers.redirect(port, heard);
    }

    @Override
    public OptionalLong deadline() {
      return OptionalLong.of(until);
    }

    @Override
    public boolean isUnheard() {
      return !heard;
    }
  }

  private static boolean isOver(OptionalLong end, long now) {
    return end.isPresent() && now - end.getAsLong() >= 0;
  }
}
