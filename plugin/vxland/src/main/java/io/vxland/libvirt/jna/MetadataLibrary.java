package io.vxland.libvirt.jna;

import com.sun.jna.Callback;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.util.Map;

/**
 * The event of libvirt.so.0 that a VM's metadata have changed, since libvirt 3.0.0. Apart from
 * {@link VirLibrary}'s, as the compiler could take one callback for the other.
 */
public interface MetadataLibrary extends Library {
  /** VIR_DOMAIN_EVENT_ID_METADATA_CHANGE. */
  int DOMAIN_EVENT_METADATA_CHANGE = 23;

  /** VIR_DOMAIN_METADATA_ELEMENT. */
  int METADATA_ELEMENT = 2;

  /** Loads the library; an {@link UnsatisfiedLinkError} if it is not installed. */
  static MetadataLibrary load() {
    return Native.load(
        "virt", MetadataLibrary.class, Map.of(Library.OPTION_STRING_ENCODING, "UTF-8"));
  }

  /** virConnectDomainEventMetadataChangeCallback. */
  interface MetadataCallback extends Callback {
    void call(Pointer connection, Pointer domain, int type, String uri, Pointer opaque);
  }

  int virConnectDomainEventRegisterAny(
      Pointer connection,
      Pointer domain,
      int eventId,
      MetadataCallback callback,
      Pointer opaque,
      Pointer free);
}
