package io.vxland.libvirt;

import java.util.UUID;

/**
 * Hears what libvirt says. Calls come one after the other, in the order in which things happened,
 * but not from one thread. An event is delivered at once, never behind a request to libvirt; so a
 * call should not wait for anything, and must not call {@link LibvirtConnection}'s operations on
 * networks.
 */
public interface LibvirtListener {
  /** The connection stands, and this is all there is. Events from here on follow. */
  void connected(Inventory inventory);

  /** The answer to {@link LibvirtConnection#requestInventory}. */
  void inventory(Inventory inventory);

  /** A VM changed. */
  void domainChanged(DomainEvent event);

  /**
   * The memory of a VM is being copied to another host. libvirt 1.3.2 or newer says so, for QEMU
   * alone; where it does not, the VM's pause is the first that is heard of its leaving.
   */
  void copying(CopyPass pass);

  /** A VM is not being copied away, or not any more. */
  void copyEnded(UUID domain);

  /**
   * What the metadata of a VM say of its cards is something else. libvirt 3.0.0 or newer says so;
   * an older one does not.
   */
  void metadataChanged(UUID domain);

  /** A VM that runs has got a device or lost one. */
  void devicesChanged(UUID domain);

  /** The answer to {@link LibvirtConnection#requestLook}. */
  void looked(Look look);

  /**
   * The CPUs of a VM stand still, for a reason that follows. Comes only where QEMU's own events can
   * be had.
   */
  void halted(Halt halt);

  /** A network changed. */
  void networkChanged(NetworkEvent event);

  /**
   * There is no connection, and the next attempt is on its way. What was known stays the best
   * knowledge. Called once when a connection ends, once when the first attempt fails, and again
   * only when the reason changes.
   */
  void disconnected(String reason);

  /**
   * libvirt has not answered a call for a while, and all other requests wait for it. Nothing is
   * done about it.
   *
   * @param function the name of libvirt's function
   * @param since {@link System#nanoTime} when it was called
   */
  void unanswered(String function, long since);

  /** It has answered, or the connection has ended. */
  void answered(String function);
}
