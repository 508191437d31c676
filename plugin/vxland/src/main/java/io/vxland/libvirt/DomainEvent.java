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
 */
public record DomainEvent(UUID domain, String name, Kind kind, int detail, Instant time) {
  /** VIR_DOMAIN_EVENT_STARTED_MIGRATED: its QEMU waits here for a migration to come in. */
  public static final int STARTED_MIGRATED = 1;

  /** VIR_DOMAIN_EVENT_SUSPENDED_MIGRATED: paused by a migration away from here. */
  public static final int SUSPENDED_MIGRATED = 1;

  /** VIR_DOMAIN_EVENT_SUSPENDED_POSTCOPY: paused on the source, it runs on the destination. */
  public static final int SUSPENDED_POSTCOPY = 7;

  /** VIR_DOMAIN_EVENT_SUSPENDED_POSTCOPY_FAILED. */
  public static final int SUSPENDED_POSTCOPY_FAILED = 8;

  /** VIR_DOMAIN_EVENT_RESUMED_MIGRATED: on either side of a migration, it runs here now. */
  public static final int RESUMED_MIGRATED = 1;

  /** VIR_DOMAIN_EVENT_RESUMED_POSTCOPY: it runs here now and cannot go back. */
  public static final int RESUMED_POSTCOPY = 3;

  /** VIR_DOMAIN_EVENT_RESUMED_POSTCOPY_FAILED. */
  public static final int RESUMED_POSTCOPY_FAILED = 4;

  /** VIR_DOMAIN_EVENT_STOPPED_MIGRATED: its QEMU here ended because it runs elsewhere. */
  public static final int STOPPED_MIGRATED = 3;

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
