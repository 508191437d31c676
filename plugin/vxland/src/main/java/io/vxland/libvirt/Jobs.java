package io.vxland.libvirt;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import io.vxland.libvirt.jna.VirLibrary;
import java.nio.ByteBuffer;
import java.util.UUID;

/** What libvirt is doing with a VM (libvirt-domain.h: virDomainGetJobInfo). */
final class Jobs {
  /** VIR_DOMAIN_JOB_NONE. */
  private static final int NONE = 0;

  private final Session session;

  Jobs(Session session) {
    this.session = session;
  }

  /** Whether it has a job in hand, such as copying it away; a VM that is not here has none. */
  boolean isBusy(UUID domain) {
    VirLibrary library = session.library();
    ByteBuffer uuid = ByteBuffer.allocate(VirLibrary.UUID_BYTES);
    uuid.putLong(domain.getMostSignificantBits()).putLong(domain.getLeastSignificantBits());
    Pointer found = library.virDomainLookupByUUID(session.pointer(), uuid.array());
    if (found == null) {
      return false;
    }
    try (Memory info = new Memory(VirLibrary.JOB_INFO_BYTES)) {
      return library.virDomainGetJobInfo(found, info) == 0 && info.getInt(0) != NONE;
    } finally {
      library.virDomainFree(found);
    }
  }
}
