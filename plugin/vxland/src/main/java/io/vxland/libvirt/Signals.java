package io.vxland.libvirt;

import com.sun.jna.Pointer;
import io.vxland.libvirt.jna.DeviceLibrary;
import io.vxland.libvirt.jna.MetadataLibrary;
import io.vxland.libvirt.jna.QemuLibrary;
import io.vxland.libvirt.jna.VirLibrary;
import io.vxland.libvirt.xml.DomainDescription;
import java.time.Instant;
import java.util.UUID;

/**
 * Turns libvirt's callbacks into values. libvirt calls them on the thread of its event loop, where
 * nothing may be thrown, nothing may wait, and no request may be made.
 */
final class Signals {
  /** Who gets the values, each with the number of the session that it belongs to. */
  interface Sink {
    void closed(long session, String reason);

    void domain(long session, DomainEvent event);

    void copying(long session, CopyPass pass);

    void metadata(long session, UUID domain);

    void devices(long session, UUID domain);

    void halted(long session, Halt halt);

    void network(long session, NetworkEvent event);
  }

  private final VirLibrary library;
  private final Sink sink;
  // Fields, as JNA frees the native side of a callback that nobody refers to.
  private final VirLibrary.CloseCallback closed = this::onClosed;
  private final VirLibrary.DomainCallback domain = this::onDomain;
  private final VirLibrary.IterationCallback iteration = this::onIteration;
  private final MetadataLibrary.MetadataCallback metadata = this::onMetadata;
  private final DeviceLibrary.DeviceCallback device = this::onDevice;
  private final QemuLibrary.MonitorCallback halt = this::onHalt;
  private final VirLibrary.NetworkCallback network = this::onNetwork;

  Signals(VirLibrary library, Sink sink) {
    this.library = library;
    this.sink = sink;
  }

  VirLibrary.CloseCallback closed() {
    return closed;
  }

  VirLibrary.DomainCallback domain() {
    return domain;
  }

  VirLibrary.IterationCallback iteration() {
    return iteration;
  }

  MetadataLibrary.MetadataCallback metadata() {
    return metadata;
  }

  /** For devices that come and those that go: either way the VM is to be looked at. */
  DeviceLibrary.DeviceCallback device() {
    return device;
  }

  QemuLibrary.MonitorCallback halt() {
    return halt;
  }

  VirLibrary.NetworkCallback network() {
    return network;
  }

  private void onClosed(Pointer connection, int reason, Pointer session) {
    // virConnectCloseReason: 0 error, 1 end of file, 2 keepalive, 3 closed by us.
    String why =
        switch (reason) {
          case 1 -> "libvirt closed the connection";
          case 2 -> "libvirt did not answer keepalive messages";
          default -> "the connection to libvirt broke";
        };
    sink.closed(Pointer.nativeValue(session), why);
  }

  private int onDomain(Pointer connection, Pointer which, int event, int detail, Pointer session) {
    long nanos = System.nanoTime();
    DomainEvent value =
        new DomainEvent(
            uuid(which, library::virDomainGetUUID),
            library.virDomainGetName(which),
            DomainEvent.Kind.of(event),
            detail,
            Instant.now(),
            nanos);
    sink.domain(Pointer.nativeValue(session), value);
    return 0;
  }

  private void onIteration(Pointer connection, Pointer which, int iteration, Pointer session) {
    long nanos = System.nanoTime();
    CopyPass value =
        new CopyPass(
            uuid(which, library::virDomainGetUUID),
            library.virDomainGetName(which),
            iteration,
            Instant.now(),
            nanos);
    sink.copying(Pointer.nativeValue(session), value);
  }

  private void onMetadata(
      Pointer connection, Pointer which, int type, String uri, Pointer session) {
    if (type == MetadataLibrary.METADATA_ELEMENT && DomainDescription.NAMESPACE.equals(uri)) {
      sink.metadata(Pointer.nativeValue(session), uuid(which, library::virDomainGetUUID));
    }
  }

  private void onDevice(Pointer connection, Pointer which, String alias, Pointer session) {
    sink.devices(Pointer.nativeValue(session), uuid(which, library::virDomainGetUUID));
  }

  private void onHalt(
      Pointer connection,
      Pointer which,
      String event,
      long seconds,
      int micros,
      String details,
      Pointer session) {
    long nanos = System.nanoTime();
    Halt value =
        new Halt(
            uuid(which, library::virDomainGetUUID),
            library.virDomainGetName(which),
            Instant.now(),
            nanos);
    sink.halted(Pointer.nativeValue(session), value);
  }

  private void onNetwork(
      Pointer connection, Pointer which, int event, int detail, Pointer session) {
    NetworkEvent value =
        new NetworkEvent(
            uuid(which, library::virNetworkGetUUID),
            library.virNetworkGetName(which),
            NetworkEvent.Kind.of(event),
            Instant.now());
    sink.network(Pointer.nativeValue(session), value);
  }

  /** virDomainGetUUID or virNetworkGetUUID: the object has it, the daemon is not asked. */
  interface UuidCall {
    int get(Pointer object, byte[] bytes);
  }

  static UUID uuid(Pointer object, UuidCall call) {
    byte[] bytes = new byte[VirLibrary.UUID_BYTES];
    call.get(object, bytes);
    return Session.uuid(bytes);
  }
}
