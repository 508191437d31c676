package io.vxland.daemon;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Notices that VMs start without a call of the hook: libvirt tells of the start itself, and has
 * called the hook by then if it could.
 */
final class HookCalls implements Supplier<Findings> {
  /** So many VMs that start at once are remembered. */
  private static final int MOST = 1024;

  /** A VM may have started when this daemon did, and its hook have asked in vain. */
  private static final Duration YOUNG = Duration.ofSeconds(10);

  private final LongSupplier clock;
  private final long since;

  /** The VMs whose hook has called, the latest last; guarded by this. */
  private final Map<UUID, Long> called =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<UUID, Long> eldest) {
          return size() > MOST;
        }
      };

  private Optional<String> silent = Optional.empty();

  /**
   * Creates it.
   *
   * @param clock such as {@link System#nanoTime}
   */
  HookCalls(LongSupplier clock) {
    this.clock = clock;
    this.since = clock.getAsLong();
  }

  /** The hook of a VM that starts here has called. */
  synchronized void called(UUID domain) {
    called.remove(domain);
    called.put(domain, clock.getAsLong());
    silent = Optional.empty();
  }

  /** libvirt says that a VM with a port in one of our networks has started. */
  synchronized void started(UUID domain, String name) {
    boolean young = clock.getAsLong() - since < YOUNG.toNanos();
    if (called.remove(domain) == null && !young) {
      silent = Optional.of(name);
    }
  }

  @Override
  public synchronized Findings get() {
    return silent
        .map(
            name ->
                Findings.warning(
                    "libvirt hooks",
                    "VM '"
                        + name
                        + "' has started, and libvirt has not run /etc/libvirt/hooks/qemu.d/50-vxland"
                        + " before, or it could not call vxland; until it does, a migration to this"
                        + " host loses frames: check that /etc/libvirt/hooks/qemu, if there is one,"
                        + " ends with 0, see the log of libvirt, and restart libvirt if the directory"
                        + " is new"))
        .orElse(Findings.NONE);
  }

  @Override
  public String toString() {
    return "calls of hooks";
  }
}
