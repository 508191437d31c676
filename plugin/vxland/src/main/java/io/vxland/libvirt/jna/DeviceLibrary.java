package io.vxland.libvirt.jna;

import com.sun.jna.Callback;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.util.Map;

/**
 * The events of libvirt.so.0 that a running VM has got a device or lost one. Apart from {@link
 * VirLibrary}'s, as the compiler could take one callback for the other.
 */
public interface DeviceLibrary extends Library {
  /** VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED, since libvirt 1.1.1. */
  int DOMAIN_EVENT_DEVICE_REMOVED = 15;

  /** VIR_DOMAIN_EVENT_ID_DEVICE_ADDED, since libvirt 1.2.15. */
  int DOMAIN_EVENT_DEVICE_ADDED = 19;

  /** Loads the library; an {@link UnsatisfiedLinkError} if it is not installed. */
  static DeviceLibrary load() {
    return Native.load(
        "virt", DeviceLibrary.class, Map.of(Library.OPTION_STRING_ENCODING, "UTF-8"));
  }

  /** virConnectDomainEventDeviceAddedCallback and virConnectDomainEventDeviceRemovedCallback. */
  interface DeviceCallback extends Callback {
    void call(Pointer connection, Pointer domain, String alias, Pointer opaque);
  }

  int virConnectDomainEventRegisterAny(
      Pointer connection,
      Pointer domain,
      int eventId,
      DeviceCallback callback,
      Pointer opaque,
      Pointer free);
}
