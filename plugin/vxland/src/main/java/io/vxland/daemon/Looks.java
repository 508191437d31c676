package io.vxland.daemon;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Has libvirt asked what single VMs are: at once after something has happened to one, and again
 * while the answer is not what hooks have announced, a bounded number of times. Thread-safe; nobody
 * waits here, as libvirt holds locks of the VM while its hooks run.
 */
final class Looks {
  /**
   * Within this time after the port's hook, the {@code start} hook of a VM that starts has told its
   * taps, and libvirt's own event has told of a NIC that was attached. A question waits for the
   * lock of the VM, and all other questions wait behind it.
   */
  static final Duration ANNOUNCED = Duration.ofSeconds(1);

  /** The pause before the second look; it doubles with each. */
  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);

  /** With doubled pauses these are 12 s. */
  private static final int MAX_LOOKS = 9;

  private final Consumer<UUID> question;
  private final Predicate<UUID> awaited;
  private final Function<Duration, Executor> after;

  /** How often VMs were looked at in vain since something happened to them. */
  private final Map<UUID, Integer> inVain = new HashMap<>();

  /**
   * Creates it.
   *
   * @param question has libvirt asked; {@link #answered} gets to know of the answer
   * @param awaited whether a VM is still to get a port that a hook has announced
   */
  Looks(Consumer<UUID> question, Predicate<UUID> awaited) {
    this(
        question,
        awaited,
        pause -> CompletableFuture.delayedExecutor(pause.toMillis(), TimeUnit.MILLISECONDS));
  }

  /**
   * Creates one with a clock of its own.
   *
   * @param after runs something after a time
   */
  Looks(Consumer<UUID> question, Predicate<UUID> awaited, Function<Duration, Executor> after) {
    this.question = question;
    this.awaited = awaited;
    this.after = after;
  }

  /** Something has happened to a VM. */
  void at(UUID domain) {
    synchronized (inVain) {
      inVain.put(domain, 0);
    }
    question.accept(domain);
  }

  /** A hook has announced a port of a VM: what follows tells of it, or has not happened by then. */
  void announced(UUID domain) {
    after
        .apply(ANNOUNCED)
        .execute(
            () -> {
              if (awaited.test(domain)) {
                at(domain);
              }
            });
  }

  /**
   * A VM was looked at.
   *
   * @param settled whether all was there that should be
   * @return whether something had happened to it
   */
  boolean answered(UUID domain, boolean settled) {
    int looks;
    synchronized (inVain) {
      if (!inVain.containsKey(domain)) {
        return false;
      }
      looks = inVain.get(domain) + 1;
      if (settled || looks >= MAX_LOOKS) {
        inVain.remove(domain);
        return true;
      }
      inVain.put(domain, looks);
    }
    after
        .apply(FIRST_PAUSE.multipliedBy(1L << (looks - 1)))
        .execute(
            () -> {
              synchronized (inVain) {
                // Something else has happened, or another answer has come.
                if (!Integer.valueOf(looks).equals(inVain.get(domain))) {
                  return;
                }
              }
              question.accept(domain);
            });
    return true;
  }
}
