package io.vxland.libvirt;

import com.sun.jna.Native;
import io.vxland.libvirt.jna.DeviceLibrary;
import io.vxland.libvirt.jna.MetadataLibrary;
import io.vxland.libvirt.jna.QemuLibrary;
import io.vxland.libvirt.jna.VirLibrary;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Runs libvirt's default event loop on a thread of its own: it reads events and answers keepalive.
 * The loop is one per process (virevent.c), so one of these at a time; it must be there before the
 * first connection is opened.
 */
final class EventLoop {
  /** How long to wait when the loop fails, so that it does not spin. */
  private static final long PAUSE_SECONDS = 1;

  private final VirLibrary library;
  private final Signals signals;
  private final MetadataLibrary metadata = MetadataLibrary.load();
  private final DeviceLibrary devices = DeviceLibrary.load();
  private final Optional<QemuLibrary> qemu = QemuLibrary.load();
  private final int wake;
  private final CountDownLatch ending = new CountDownLatch(1);
  private final Thread thread;

  private EventLoop(VirLibrary library, Signals.Sink sink, int wake, Runnable first) {
    this.library = library;
    this.signals = new Signals(library, sink);
    this.wake = wake;
    this.thread = new Thread(() -> run(first), "libvirt-events");
    this.thread.setDaemon(true);
  }

  /**
   * Starts it.
   *
   * @param first what the thread does before anything else
   */
  static EventLoop start(VirLibrary library, Signals.Sink sink, Runnable first)
      throws LibvirtException {
    library.virSetErrorFunc(null, VirLibrary.SILENCE);
    // JNA would print what a callback throws, and go on.
    Native.setCallbackExceptionHandler(
        (callback, bug) -> {
          Thread here = Thread.currentThread();
          here.getUncaughtExceptionHandler().uncaughtException(here, bug);
        });
    // Done twice it changes nothing: libvirt keeps the first loop.
    if (library.virEventRegisterDefaultImpl() < 0) {
      throw new LibvirtException("set up libvirt's event loop", library.virGetLastErrorMessage());
    }
    int wake = library.virEventAddTimeout(-1, VirLibrary.WAKE, null, null);
    if (wake < 0) {
      throw new LibvirtException("set up libvirt's event loop", library.virGetLastErrorMessage());
    }
    EventLoop loop = new EventLoop(library, sink, wake, first);
    loop.thread.start();
    return loop;
  }

  VirLibrary library() {
    return library;
  }

  MetadataLibrary metadata() {
    return metadata;
  }

  DeviceLibrary devices() {
    return devices;
  }

  /** What is QEMU's own; empty if it is not installed. */
  Optional<QemuLibrary> qemu() {
    return qemu;
  }

  /** The callbacks, which live as long as the loop that calls them. */
  Signals signals() {
    return signals;
  }

  private void run(Runnable first) {
    try {
      first.run();
      while (ending.getCount() > 0) {
        if (library.virEventRunDefaultImpl() < 0 && ending.await(PAUSE_SECONDS, TimeUnit.SECONDS)) {
          break;
        }
      }
      // Closed connections leave handles behind that the next two rounds free.
      library.virEventRunDefaultImpl();
      library.virEventRemoveTimeout(wake);
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends the thread, after the connections are closed. */
  void close(Duration limit) {
    ending.countDown();
    library.virEventUpdateTimeout(wake, 0);
    Threads.end(thread, limit);
  }
}
