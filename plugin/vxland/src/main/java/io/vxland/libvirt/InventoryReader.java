package io.vxland.libvirt;

import static io.vxland.model.InvalidValueException.quote;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.PointerByReference;
import io.vxland.libvirt.jna.VirLibrary;
import io.vxland.libvirt.xml.DomainDescription;
import io.vxland.libvirt.xml.LibvirtXml;
import io.vxland.libvirt.xml.LibvirtXmlException;
import io.vxland.libvirt.xml.NetworkDescription;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;

/**
 * Asks libvirt what there is. Each call waits for libvirt: while a VM's hook runs, as long as that.
 * What goes away between two questions is left out.
 */
final class InventoryReader {
  private final Session session;
  private final VirLibrary library;

  InventoryReader(Session session) {
    this.session = session;
    this.library = session.library();
  }

  /** All running VMs. */
  Map<UUID, RunningDomain> domains() throws LibvirtException {
    Map<UUID, RunningDomain> domains = new HashMap<>();
    forEach(
        "list VMs",
        list ->
            library.virConnectListAllDomains(
                session.pointer(), list, VirLibrary.LIST_DOMAINS_ACTIVE),
        domain -> read(domain).ifPresent(found -> domains.put(found.uuid(), found)),
        library::virDomainFree);
    return domains;
  }

  /** All networks. */
  Map<UUID, KnownNetwork> networks() throws LibvirtException {
    Map<UUID, KnownNetwork> networks = new HashMap<>();
    forEach(
        "list networks",
        list -> library.virConnectListAllNetworks(session.pointer(), list, 0),
        network -> readNetwork(network).ifPresent(found -> networks.put(found.uuid(), found)),
        library::virNetworkFree);
    return networks;
  }

  /** One VM; empty if it does not run. */
  Optional<RunningDomain> domain(UUID uuid) throws LibvirtException {
    Pointer domain = library.virDomainLookupByUUID(session.pointer(), Session.bytes(uuid));
    if (domain == null) {
      requireGone("look up VM " + uuid, VirLibrary.ERR_NO_DOMAIN);
      return Optional.empty();
    }
    try {
      return read(domain);
    } finally {
      library.virDomainFree(domain);
    }
  }

  /** One network; empty if there is none. */
  Optional<KnownNetwork> network(UUID uuid) throws LibvirtException {
    return found(
        "look up network " + uuid,
        library.virNetworkLookupByUUID(session.pointer(), Session.bytes(uuid)));
  }

  /** One network; empty if there is none. */
  Optional<KnownNetwork> network(String name) throws LibvirtException {
    return found(
        "look up network " + quote(name), library.virNetworkLookupByName(session.pointer(), name));
  }

  private Optional<KnownNetwork> found(String tried, Pointer network) throws LibvirtException {
    if (network == null) {
      requireGone(tried, VirLibrary.ERR_NO_NETWORK);
      return Optional.empty();
    }
    try {
      return readNetwork(network);
    } finally {
      library.virNetworkFree(network);
    }
  }

  private Optional<RunningDomain> read(Pointer domain) throws LibvirtException {
    UUID uuid = Signals.uuid(domain, library::virDomainGetUUID);
    String name = library.virDomainGetName(domain);
    String tried = "read VM " + quote(name);
    IntByReference state = new IntByReference();
    IntByReference reason = new IntByReference();
    if (library.virDomainGetState(domain, state, reason, 0) < 0) {
      requireGone(tried, VirLibrary.ERR_NO_DOMAIN);
      return Optional.empty();
    }
    RunningDomain.State now = RunningDomain.State.of(state.getValue());
    if (now == RunningDomain.State.SHUTOFF) {
      return Optional.empty();
    }
    Pointer xml = library.virDomainGetXMLDesc(domain, 0);
    if (xml == null && library.virGetLastErrorCode() == VirLibrary.ERR_NO_DOMAIN) {
      return Optional.empty();
    }
    Optional<DomainDescription> description = Optional.empty();
    Optional<LibvirtXmlException> problem = Optional.empty();
    try {
      description = Optional.of(LibvirtXml.domain(document(tried, xml)));
    } catch (LibvirtXmlException e) {
      problem = Optional.of(e);
    }
    return Optional.of(new RunningDomain(uuid, name, now, reason.getValue(), description, problem));
  }

  private Optional<KnownNetwork> readNetwork(Pointer network) throws LibvirtException {
    UUID uuid = Signals.uuid(network, library::virNetworkGetUUID);
    String name = library.virNetworkGetName(network);
    String tried = "read network " + quote(name);
    IntByReference autostart = new IntByReference();
    int active = library.virNetworkIsActive(network);
    int persistent = active < 0 ? -1 : library.virNetworkIsPersistent(network);
    boolean answered =
        persistent == 0
            || (persistent == 1 && library.virNetworkGetAutostart(network, autostart) == 0);
    if (!answered) {
      requireGone(tried, VirLibrary.ERR_NO_NETWORK);
      return Optional.empty();
    }
    Pointer document = library.virNetworkGetXMLDesc(network, 0);
    if (document == null && library.virGetLastErrorCode() == VirLibrary.ERR_NO_NETWORK) {
      return Optional.empty();
    }
    byte[] xml = {};
    Optional<NetworkDescription> description = Optional.empty();
    Optional<LibvirtXmlException> problem = Optional.empty();
    try {
      xml = document(tried, document);
      description = Optional.of(LibvirtXml.network(xml));
    } catch (LibvirtXmlException e) {
      problem = Optional.of(e);
    }
    return Optional.of(
        new KnownNetwork(
            uuid,
            name,
            active == 1,
            persistent == 1,
            autostart.getValue() == 1,
            new String(xml, StandardCharsets.UTF_8),
            description,
            active == 1 && persistent == 1 ? next(network) : Optional.empty(),
            problem));
  }

  private Optional<NetworkDescription> next(Pointer network) {
    Pointer document = library.virNetworkGetXMLDesc(network, VirLibrary.NETWORK_XML_INACTIVE);
    if (document == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(LibvirtXml.network(Session.take(document)));
    } catch (LibvirtXmlException refusedWhenItCounts) {
      return Optional.empty();
    }
  }

  /** Takes a document. libvirt's refusal is this object's problem alone, while libvirt lives. */
  private byte[] document(String tried, Pointer xml) throws LibvirtException, LibvirtXmlException {
    if (xml == null) {
      LibvirtException refused = session.failure(tried);
      if (!session.alive()) {
        throw refused;
      }
      throw new LibvirtXmlException(tried, refused.words());
    }
    return Session.take(xml);
  }

  /** A failed call is right if the object has gone in the meantime; else it is an error. */
  private void requireGone(String tried, int codeForGone) throws LibvirtException {
    if (library.virGetLastErrorCode() != codeForGone) {
      throw session.failure(tried);
    }
  }

  private interface Reading {
    void accept(Pointer object) throws LibvirtException;
  }

  /** Calls one of libvirt's list functions and frees the array and each object in it. */
  private void forEach(
      String tried, ToIntFunction<PointerByReference> call, Reading reading, Consumer<Pointer> free)
      throws LibvirtException {
    PointerByReference list = new PointerByReference();
    int count = call.applyAsInt(list);
    if (count < 0) {
      throw session.failure(tried);
    }
    Pointer array = list.getValue();
    int done = 0;
    try {
      while (done < count) {
        Pointer object = array.getPointer((long) done * Native.POINTER_SIZE);
        done++;
        try {
          reading.accept(object);
        } finally {
          free.accept(object);
        }
      }
    } finally {
      for (int i = done; i < count; i++) {
        free.accept(array.getPointer((long) i * Native.POINTER_SIZE));
      }
      Session.free(array);
    }
  }
}
