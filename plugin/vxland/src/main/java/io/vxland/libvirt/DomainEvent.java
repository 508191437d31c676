package io.vxland.libvirt;

import java.time.Instant;
import java.util.UUID;

/**
 * A change in the life of a VM (libvirt-domain.h: virConnectDomainEventCallback).
 *
 * @param domain the VM's UUID
 * @param name the VM's name
 * @param kind what happened
 * @param detail libvirt's number for why; it depends on {@code kind}
 * @param time when it came in from libvirt
 * @param nanos the same as {@link System#nanoTime} had it, to measure from
 */
public record DomainEvent(
    UUID domain, String name, Kind kind, int detail, Instant time, long nanos) {
  /** VIR_DOMAIN_EVENT_DEFINED_ADDED: it was not defined before. */
  public static final int DEFINED_ADDED = 0;

  /** VIR_DOMAIN_EVENT_DEFINED_UPDATED. */
  public static final int DEFINED_UPDATED = 1;

  /** VIR_DOMAIN_EVENT_DEFINED_RENAMED. */
  public static final int DEFINED_RENAMED = 2;

  /** VIR_DOMAIN_EVENT_DEFINED_FROM_SNAPSHOT. */
  public static final int DEFINED_FROM_SNAPSHOT = 3;

  /** VIR_DOMAIN_EVENT_STARTED_BOOTED. */
  public static final int STARTED_BOOTED = 0;

  /** VIR_DOMAIN_EVENT_STARTED_MIGRATED: its QEMU waits here for a migration to come in. */
  public static final int STARTED_MIGRATED = 1;

  /** VIR_DOMAIN_EVENT_STARTED_RESTORED: from a state file. */
  public static final int STARTED_RESTORED = 2;

  /** VIR_DOMAIN_EVENT_STARTED_FROM_SNAPSHOT. */
  public static final int STARTED_FROM_SNAPSHOT = 3;

  /** VIR_DOMAIN_EVENT_STARTED_WAKEUP. */
  public static final int STARTED_WAKEUP = 4;

  /** VIR_DOMAIN_EVENT_SUSPENDED_PAUSED: by an admin. */
  public static final int SUSPENDED_PAUSED = 0;

  /** VIR_DOMAIN_EVENT_SUSPENDED_MIGRATED: paused by a migration away from here. */
  public static final int SUSPENDED_MIGRATED = 1;

  /** VIR_DOMAIN_EVENT_SUSPENDED_IOERROR. */
  public static final int SUSPENDED_IOERROR = 2;

  /** VIR_DOMAIN_EVENT_SUSPENDED_WATCHDOG. */
  public static final int SUSPENDED_WATCHDOG = 3;

  /** VIR_DOMAIN_EVENT_SUSPENDED_RESTORED: restored, to stay paused. */
  public static final int SUSPENDED_RESTORED = 4;

  /** VIR_DOMAIN_EVENT_SUSPENDED_FROM_SNAPSHOT. */
  public static final int SUSPENDED_FROM_SNAPSHOT = 5;

  /** VIR_DOMAIN_EVENT_SUSPENDED_API_ERROR: an operation of libvirt failed. */
  public static final int SUSPENDED_API_ERROR = 6;

  /** VIR_DOMAIN_EVENT_SUSPENDED_POSTCOPY: paused on the source, it runs on the destination. */
  public static final int SUSPENDED_POSTCOPY = 7;

  /** VIR_DOMAIN_EVENT_SUSPENDED_POSTCOPY_FAILED. */
  public static final int SUSPENDED_POSTCOPY_FAILED = 8;

  /** VIR_DOMAIN_EVENT_RESUMED_UNPAUSED: by an admin. */
  public static final int RESUMED_UNPAUSED = 0;

  /** VIR_DOMAIN_EVENT_RESUMED_MIGRATED: on either side of a migration, it runs here now. */
  public static final int RESUMED_MIGRATED = 1;

  /** VIR_DOMAIN_EVENT_RESUMED_FROM_SNAPSHOT. */
  public static final int RESUMED_FROM_SNAPSHOT = 2;

  /** VIR_DOMAIN_EVENT_RESUMED_POSTCOPY: it runs here now and cannot go back. */
  public static final int RESUMED_POSTCOPY = 3;

  /** VIR_DOMAIN_EVENT_RESUMED_POSTCOPY_FAILED. */
  public static final int RESUMED_POSTCOPY_FAILED = 4;

  /** VIR_DOMAIN_EVENT_STOPPED_SHUTDOWN: by its guest. */
  public static final int STOPPED_SHUTDOWN = 0;

  /** VIR_DOMAIN_EVENT_STOPPED_DESTROYED: by an admin. */
  public static final int STOPPED_DESTROYED = 1;

  /** VIR_DOMAIN_EVENT_STOPPED_CRASHED. */
  public static final int STOPPED_CRASHED = 2;

  /** VIR_DOMAIN_EVENT_STOPPED_MIGRATED: its QEMU here ended because it runs elsewhere. */
  public static final int STOPPED_MIGRATED = 3;

  /** VIR_DOMAIN_EVENT_STOPPED_SAVED: to a state file. */
  public static final int STOPPED_SAVED = 4;

  /** VIR_DOMAIN_EVENT_STOPPED_FAILED: its QEMU ended, or a migration did not come in. */
  public static final int STOPPED_FAILED = 5;

  /** VIR_DOMAIN_EVENT_STOPPED_FROM_SNAPSHOT. */
  public static final int STOPPED_FROM_SNAPSHOT = 6;

  /** virDomainEventType. */
  public enum Kind {
    DEFINED,
    UNDEFINED,
    STARTED,
    SUSPENDED,
    RESUMED,
    STOPPED,
    SHUTDOWN,
    PMSUSPENDED,
    CRASHED,
    /** One that a newer libvirt has. */
    UNKNOWN;

    static Kind of(int number) {
      return switch (number) {
        case 0 -> DEFINED;
        case 1 -> UNDEFINED;
        case 2 -> STARTED;
        case 3 -> SUSPENDED;
        case 4 -> RESUMED;
        case 5 -> STOPPED;
        case 6 -> SHUTDOWN;
        case 7 -> PMSUSPENDED;
        case 8 -> CRASHED;
        default -> UNKNOWN;
      };
    }
  }
}
