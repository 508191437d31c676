package io.vxland.libvirt.jna;

import com.sun.jna.Callback;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.PointerByReference;
import java.util.Map;

/**
 * Functions of libvirt.so.0, as in libvirt's headers. A function is looked up at its first call:
 * one that an older library lacks is an {@link UnsatisfiedLinkError} then. All are there since
 * libvirt 1.2.1, but virGetLastErrorCode (4.5).
 *
 * <p>Errors are kept per thread: read them on the thread of the failed call, before the next call.
 */
public interface VirLibrary extends Library {
  /** VIR_CONNECT_LIST_DOMAINS_ACTIVE. */
  int LIST_DOMAINS_ACTIVE = 1;

  /** VIR_DOMAIN_EVENT_ID_LIFECYCLE. */
  int DOMAIN_EVENT_LIFECYCLE = 0;

  /** VIR_DOMAIN_EVENT_ID_MIGRATION_ITERATION, since libvirt 1.3.2. */
  int DOMAIN_EVENT_MIGRATION_ITERATION = 20;

  /** VIR_NETWORK_EVENT_ID_LIFECYCLE. */
  int NETWORK_EVENT_LIFECYCLE = 0;

  /** VIR_UUID_BUFLEN. */
  int UUID_BYTES = 16;

  /** More than the size of virDomainJobInfo: an int, and eleven numbers of 64 bits. */
  int JOB_INFO_BYTES = 128;

  /** VIR_NETWORK_XML_INACTIVE of libvirt-network.h: the stored definition. */
  int NETWORK_XML_INACTIVE = 1;

  /** VIR_ERR_NO_DOMAIN. */
  int ERR_NO_DOMAIN = 42;

  /** VIR_ERR_NO_NETWORK. */
  int ERR_NO_NETWORK = 43;

  /** What libvirt calls with each error; without one it prints them to stderr. For ever in use. */
  ErrorCallback SILENCE = (userData, error) -> {};

  /** A timer that does nothing but end the wait in virEventRunDefaultImpl. For ever in use. */
  TimeoutCallback WAKE = (timer, opaque) -> {};

  /** Loads the library; an {@link UnsatisfiedLinkError} if it is not installed. */
  static VirLibrary load() {
    return Native.load("virt", VirLibrary.class, Map.of(Library.OPTION_STRING_ENCODING, "UTF-8"));
  }

  /** virErrorFunc. */
  interface ErrorCallback extends Callback {
    void call(Pointer userData, Pointer error);
  }

  /** virEventTimeoutCallback. */
  interface TimeoutCallback extends Callback {
    void call(int timer, Pointer opaque);
  }

  /** virConnectCloseFunc. */
  interface CloseCallback extends Callback {
    void call(Pointer connection, int reason, Pointer opaque);
  }

  /** virConnectDomainEventCallback. */
  interface DomainCallback extends Callback {
    int call(Pointer connection, Pointer domain, int event, int detail, Pointer opaque);
  }

  /** virConnectDomainEventMigrationIterationCallback. */
  interface IterationCallback extends Callback {
    void call(Pointer connection, Pointer domain, int iteration, Pointer opaque);
  }

  /** virConnectNetworkEventLifecycleCallback. */
  interface NetworkCallback extends Callback {
    void call(Pointer connection, Pointer network, int event, int detail, Pointer opaque);
  }

  void virSetErrorFunc(Pointer userData, ErrorCallback handler);

  int virGetLastErrorCode();

  String virGetLastErrorMessage();

  int virEventRegisterDefaultImpl();

  int virEventRunDefaultImpl();

  int virEventAddTimeout(int milliseconds, TimeoutCallback callback, Pointer opaque, Pointer free);

  void virEventUpdateTimeout(int timer, int milliseconds);

  int virEventRemoveTimeout(int timer);

  int virConnectIsAlive(Pointer connection);

  int virConnectRegisterCloseCallback(
      Pointer connection, CloseCallback callback, Pointer opaque, Pointer free);

  int virConnectUnregisterCloseCallback(Pointer connection, CloseCallback callback);

  int virConnectDomainEventRegisterAny(
      Pointer connection,
      Pointer domain,
      int eventId,
      DomainCallback callback,
      Pointer opaque,
      Pointer free);

  int virConnectDomainEventRegisterAny(
      Pointer connection,
      Pointer domain,
      int eventId,
      IterationCallback callback,
      Pointer opaque,
      Pointer free);

  int virConnectDomainEventDeregisterAny(Pointer connection, int callbackId);

  int virConnectNetworkEventRegisterAny(
      Pointer connection,
      Pointer network,
      int eventId,
      NetworkCallback callback,
      Pointer opaque,
      Pointer free);

  int virConnectNetworkEventDeregisterAny(Pointer connection, int callbackId);

  int virConnectListAllDomains(Pointer connection, PointerByReference domains, int flags);

  Pointer virDomainLookupByUUID(Pointer connection, byte[] uuid);

  int virDomainGetUUID(Pointer domain, byte[] uuid);

  String virDomainGetName(Pointer domain);

  int virDomainGetState(Pointer domain, IntByReference state, IntByReference reason, int flags);

  /** The type of the job, virDomainJobType, is the int that the structure begins with. */
  int virDomainGetJobInfo(Pointer domain, Pointer info);

  Pointer virDomainGetXMLDesc(Pointer domain, int flags);

  int virDomainFree(Pointer domain);

  int virConnectListAllNetworks(Pointer connection, PointerByReference networks, int flags);

  Pointer virNetworkLookupByUUID(Pointer connection, byte[] uuid);

  Pointer virNetworkLookupByName(Pointer connection, String name);

  int virNetworkGetUUID(Pointer network, byte[] uuid);

  String virNetworkGetName(Pointer network);

  int virNetworkIsActive(Pointer network);

  int virNetworkIsPersistent(Pointer network);

  int virNetworkGetAutostart(Pointer network, IntByReference autostart);

  Pointer virNetworkGetXMLDesc(Pointer network, int flags);

  int virNetworkFree(Pointer network);
}
