package io.vxland.libvirt.jna;

import com.sun.jna.Callback;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.util.Map;
import java.util.Optional;

/**
 * Functions of libvirt-qemu.so.0, as in libvirt-qemu.h, since libvirt 1.2.3. libvirt does not
 * promise that they stay; so nothing may depend on them.
 */
public interface QemuLibrary extends Library {
  /** Loads the library; empty if it is not installed. */
  static Optional<QemuLibrary> load() {
    try {
      return Optional.of(
          Native.load(
              "virt-qemu", QemuLibrary.class, Map.of(Library.OPTION_STRING_ENCODING, "UTF-8")));
    } catch (UnsatisfiedLinkError missing) {
      return Optional.empty();
    }
  }

  /** virConnectDomainQemuMonitorEventCallback. */
  interface MonitorCallback extends Callback {
    void call(
        Pointer connection,
        Pointer domain,
        String event,
        long seconds,
        int micros,
        String details,
        Pointer opaque);
  }

  int virConnectDomainQemuMonitorEventRegister(
      Pointer connection,
      Pointer domain,
      String event,
      MonitorCallback callback,
      Pointer opaque,
      Pointer free,
      int flags);

  int virConnectDomainQemuMonitorEventDeregister(Pointer connection, int callbackId);
}
