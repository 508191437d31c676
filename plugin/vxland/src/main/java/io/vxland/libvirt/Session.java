package io.vxland.libvirt;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import io.vxland.libvirt.jna.DeviceLibrary;
import io.vxland.libvirt.jna.MetadataLibrary;
import io.vxland.libvirt.jna.QemuLibrary;
import io.vxland.libvirt.jna.VirLibrary;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.UUID;
import org.libvirt.Connect;

/**
 * One connection to libvirt with its event callbacks, from its opening to its end.
 *
 * <p>libvirt keeps a reference to the connection for each callback; they must be taken back before
 * the connection is closed, or it stays open.
 */
final class Session implements AutoCloseable {
  /** Seconds between keepalive messages, and how many may go unanswered. */
  private static final int KEEPALIVE_SECONDS = 5;

  private static final int KEEPALIVE_COUNT = 3;

  /** libvirt-java's connection, with the pointer that its other functions need. */
  private static final class Connection extends Connect {
    Connection(String uri) throws org.libvirt.LibvirtException {
      super(uri);
    }

    Pointer pointer() {
      return vcp.getPointer();
    }

    /** libvirt-java's finalizer would close again, and free what is still in use. */
    void end() {
      try {
        close();
      } catch (org.libvirt.LibvirtException alreadyDead) {
        // What was held is given back all the same.
      } finally {
        vcp = null;
      }
    }
  }

  private final String uri;
  private final VirLibrary library;
  private final MetadataLibrary metadataLibrary;
  private final DeviceLibrary deviceLibrary;
  private final Optional<QemuLibrary> qemu;
  private final Signals signals;
  private final Calls calls;
  private final Connection connection;
  private int domainEvents = -1;
  private int copyPasses = -1;
  private int metadata = -1;
  private int devicesAdded = -1;
  private int devicesRemoved = -1;
  private int halts = -1;
  private int networkEvents = -1;
  private boolean closeWatched;

  private Session(String uri, EventLoop loop, Calls calls, Connection connection) {
    this.uri = uri;
    this.calls = calls;
    this.library = calls.noting(VirLibrary.class, loop.library());
    this.metadataLibrary = calls.noting(MetadataLibrary.class, loop.metadata());
    this.deviceLibrary = calls.noting(DeviceLibrary.class, loop.devices());
    this.qemu = loop.qemu().map(found -> calls.noting(QemuLibrary.class, found));
    this.signals = loop.signals();
    this.connection = connection;
  }

  /**
   * Connects and registers the callbacks.
   *
   * @param number what the callbacks get as their opaque pointer; not 0
   * @param calls is told of each call
   */
  static Session open(String uri, EventLoop loop, long number, Calls calls)
      throws LibvirtException {
    Session session;
    try {
      Connection connection = calls.during("virConnectOpen", () -> new Connection(uri));
      session = new Session(uri, loop, calls, connection);
    } catch (org.libvirt.LibvirtException e) {
      throw new LibvirtException("connect to " + uri, e.getMessage(), e);
    }
    try {
      session.register(Pointer.createConstant(number));
    } catch (LibvirtException e) {
      session.close();
      throw e;
    }
    return session;
  }

  private void register(Pointer number) throws LibvirtException {
    Pointer pointer = pointer();
    closeWatched =
        library.virConnectRegisterCloseCallback(pointer, signals.closed(), number, null) == 0;
    if (!closeWatched) {
      throw failure("watch the connection to " + uri);
    }
    domainEvents =
        library.virConnectDomainEventRegisterAny(
            pointer, null, VirLibrary.DOMAIN_EVENT_LIFECYCLE, signals.domain(), number, null);
    if (domainEvents < 0) {
      throw failure("register for events of VMs on " + uri);
    }
    // An older libvirt, or another hypervisor's driver, refuses: then only the pause is heard of.
    copyPasses =
        library.virConnectDomainEventRegisterAny(
            pointer,
            null,
            VirLibrary.DOMAIN_EVENT_MIGRATION_ITERATION,
            signals.iteration(),
            number,
            null);
    // An older libvirt refuses: then the next inventory tells.
    metadata =
        metadataLibrary.virConnectDomainEventRegisterAny(
            pointer,
            null,
            MetadataLibrary.DOMAIN_EVENT_METADATA_CHANGE,
            signals.metadata(),
            number,
            null);
    // Another hypervisor's driver refuses: then hooks and the kernel tell, or the next inventory.
    devicesAdded = registerDevices(DeviceLibrary.DOMAIN_EVENT_DEVICE_ADDED, number);
    devicesRemoved = registerDevices(DeviceLibrary.DOMAIN_EVENT_DEVICE_REMOVED, number);
    // It comes before libvirt's own event of the pause; without it that one must do.
    if (qemu.isPresent()) {
      halts =
          qemu.get()
              .virConnectDomainQemuMonitorEventRegister(
                  pointer, null, "STOP", signals.halt(), number, null, 0);
    }
    networkEvents =
        library.virConnectNetworkEventRegisterAny(
            pointer, null, VirLibrary.NETWORK_EVENT_LIFECYCLE, signals.network(), number, null);
    if (networkEvents < 0) {
      throw failure("register for events of networks on " + uri);
    }
    try {
      connection.setKeepAlive(KEEPALIVE_SECONDS, KEEPALIVE_COUNT);
    } catch (org.libvirt.LibvirtException e) {
      throw new LibvirtException("set keepalive on " + uri, e.getMessage(), e);
    }
  }

  private int registerDevices(int event, Pointer number) {
    return deviceLibrary.virConnectDomainEventRegisterAny(
        pointer(), null, event, signals.device(), number, null);
  }

  Connect connect() {
    return connection;
  }

  Pointer pointer() {
    return connection.pointer();
  }

  VirLibrary library() {
    return library;
  }

  /** To be told of calls that are made by way of {@link #connect}. */
  Calls calls() {
    return calls;
  }

  boolean alive() {
    return library.virConnectIsAlive(pointer()) == 1;
  }

  /** libvirt's words for the call that has just failed on this thread. */
  LibvirtException failure(String tried) {
    return new LibvirtException(tried, library.virGetLastErrorMessage());
  }

  /** Copies a string that libvirt made for us, and frees it. */
  static byte[] take(Pointer string) {
    try {
      return string.getByteArray(0, Math.toIntExact(string.indexOf(0, (byte) 0)));
    } finally {
      free(string);
    }
  }

  /** Frees memory that libvirt allocated with malloc(3). */
  static void free(Pointer memory) {
    Native.free(Pointer.nativeValue(memory));
  }

  static UUID uuid(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    return new UUID(buffer.getLong(), buffer.getLong());
  }

  static byte[] bytes(UUID uuid) {
    return ByteBuffer.allocate(VirLibrary.UUID_BYTES)
        .putLong(uuid.getMostSignificantBits())
        .putLong(uuid.getLeastSignificantBits())
        .array();
  }

  /** Takes the callbacks back and closes. On a dead connection libvirt's errors mean nothing. */
  @Override
  public void close() {
    Pointer pointer = pointer();
    if (networkEvents >= 0) {
      library.virConnectNetworkEventDeregisterAny(pointer, networkEvents);
    }
    if (halts >= 0) {
      qemu.orElseThrow().virConnectDomainQemuMonitorEventDeregister(pointer, halts);
    }
    for (int devices : new int[] {devicesRemoved, devicesAdded}) {
      if (devices >= 0) {
        library.virConnectDomainEventDeregisterAny(pointer, devices);
      }
    }
    if (metadata >= 0) {
      library.virConnectDomainEventDeregisterAny(pointer, metadata);
    }
    if (copyPasses >= 0) {
      library.virConnectDomainEventDeregisterAny(pointer, copyPasses);
    }
    if (domainEvents >= 0) {
      library.virConnectDomainEventDeregisterAny(pointer, domainEvents);
    }
    if (closeWatched) {
      library.virConnectUnregisterCloseCallback(pointer, signals.closed());
    }
    calls.during(
        "virConnectClose",
        () -> {
          connection.end();
          return null;
        });
  }
}
