package io.vxland.libvirt;

import io.vxland.libvirt.xml.DomainDescription;
import io.vxland.libvirt.xml.LibvirtXmlException;
import java.util.Optional;
import java.util.UUID;

/**
 * A VM that has a QEMU process on this host.
 *
 * @param uuid its UUID
 * @param name its name
 * @param state what it does
 * @param reason libvirt's number for why; it depends on {@code state}
 * @param description what its live document says; empty if it could not be read
 * @param problem why it could not be read; such a VM runs, and nothing of it is to be taken down
 */
public record RunningDomain(
    UUID uuid,
    String name,
    State state,
    int reason,
    Optional<DomainDescription> description,
    Optional<LibvirtXmlException> problem) {

  /** VIR_DOMAIN_PAUSED_MIGRATION: paused by a migration away from here. */
  public static final int PAUSED_MIGRATION = 2;

  /** VIR_DOMAIN_PAUSED_STARTING_UP: also a VM that is being migrated to this host. */
  public static final int PAUSED_STARTING_UP = 11;

  /** VIR_DOMAIN_PAUSED_POSTCOPY: on the source, the VM runs on the destination. */
  public static final int PAUSED_POSTCOPY = 12;

  /** VIR_DOMAIN_PAUSED_POSTCOPY_FAILED. */
  public static final int PAUSED_POSTCOPY_FAILED = 13;

  /** virDomainState. */
  public enum State {
    NOSTATE,
    RUNNING,
    BLOCKED,
    PAUSED,
    SHUTDOWN,
    SHUTOFF,
    CRASHED,
    PMSUSPENDED,
    /** One that a newer libvirt has. */
    UNKNOWN;

    static State of(int number) {
      return switch (number) {
        case 0 -> NOSTATE;
        case 1 -> RUNNING;
        case 2 -> BLOCKED;
        case 3 -> PAUSED;
        case 4 -> SHUTDOWN;
        case 5 -> SHUTOFF;
        case 6 -> CRASHED;
        case 7 -> PMSUSPENDED;
        default -> UNKNOWN;
      };
    }
  }

  /** Checks that it is either read or has a problem. */
  public RunningDomain {
    if (description.isPresent() == problem.isPresent()) {
      throw new IllegalArgumentException("either a description or a problem");
    }
  }
}
