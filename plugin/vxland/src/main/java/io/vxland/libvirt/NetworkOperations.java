package io.vxland.libvirt;

import static io.vxland.model.InvalidValueException.quote;

import io.vxland.libvirt.xml.NetworkDescription;
import io.vxland.libvirt.xml.Nic;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.libvirt.Network;

/** Changes to libvirt's networks. Each call waits for libvirt, hooks included. */
final class NetworkOperations {
  private final Session session;
  private final InventoryReader reader;

  NetworkOperations(Session session) {
    this.session = session;
    this.reader = new InventoryReader(session);
  }

  void define(String xml) throws LibvirtException {
    String tried = "define a network";
    try {
      session
          .calls()
          .during("virNetworkDefineXML", () -> session.connect().networkDefineXML(ascii(xml)))
          .free();
    } catch (org.libvirt.LibvirtException e) {
      throw new LibvirtException(tried, e.getMessage(), e);
    }
  }

  void setAutostart(String name, boolean on) throws LibvirtException {
    String tried = (on ? "set autostart of" : "unset autostart of") + " network " + quote(name);
    with(
        tried, require(tried, name), "virNetworkSetAutostart", network -> network.setAutostart(on));
  }

  void start(String name) throws LibvirtException {
    String tried = "start network " + quote(name);
    KnownNetwork known = require(tried, name);
    if (!known.active()) {
      with(tried, known, "virNetworkCreate", Network::create);
    }
  }

  void delete(String name, boolean force) throws LibvirtException {
    String tried = "delete network " + quote(name);
    KnownNetwork known = require(tried, name);
    List<String> users = force ? List.of() : users(known);
    if (!users.isEmpty()) {
      throw new LibvirtException(
          tried,
          "in use by "
              + String.join(", ", users)
              + "; shut down or unplug what uses it, or force the deletion");
    }
    if (known.active()) {
      with(tried, known, "virNetworkDestroy", Network::destroy);
    }
    if (known.persistent()) {
      with(tried, known, "virNetworkUndefine", Network::undefine);
    }
  }

  /**
   * The running VMs that are plugged in, by the network's name where the card tells one (another
   * network may share the bridge), and those of which nobody can say that they are not.
   */
  private List<String> users(KnownNetwork network) throws LibvirtException {
    Optional<String> bridge = network.description().flatMap(NetworkDescription::bridge);
    TreeSet<String> users = new TreeSet<>();
    for (RunningDomain domain : reader.domains().values()) {
      if (domain.description().isEmpty()) {
        users.add("VM " + quote(domain.name()) + " (perhaps: its XML cannot be read)");
      } else {
        for (Nic nic : domain.description().get().nics()) {
          boolean plugged =
              nic.network().isPresent()
                  ? nic.network().get().value().equals(network.name())
                  : bridge.isPresent() && bridge.equals(nic.bridge().map(b -> b.value()));
          if (plugged) {
            users.add("VM " + quote(domain.name()));
          }
        }
      }
    }
    return new ArrayList<>(users);
  }

  private KnownNetwork require(String tried, String name) throws LibvirtException {
    return reader
        .network(name)
        .orElseThrow(() -> new LibvirtException(tried, "libvirt has no network of that name"));
  }

  private interface Change {
    void apply(Network network) throws org.libvirt.LibvirtException;
  }

  /** By UUID, as libvirt-java passes names in the JVM's default charset. */
  private void with(String tried, KnownNetwork known, String function, Change change)
      throws LibvirtException {
    try {
      Network network = session.connect().networkLookupByUUIDString(known.uuid().toString());
      try {
        session
            .calls()
            .during(
                function,
                () -> {
                  change.apply(network);
                  return network;
                });
      } finally {
        network.free();
      }
    } catch (org.libvirt.LibvirtException e) {
      throw new LibvirtException(tried, e.getMessage(), e);
    }
  }

  /**
   * Writes what is not ASCII as character references: libvirt-java passes strings in the JVM's
   * default charset, which is ASCII under LC_ALL=C on Java 17.
   */
  static String ascii(String xml) {
    StringBuilder ascii = new StringBuilder(xml.length());
    xml.codePoints()
        .forEach(
            c -> {
              if (c < 128) {
                ascii.append((char) c);
              } else {
                ascii.append("&#").append(c).append(';');
              }
            });
    return ascii.toString();
  }
}
