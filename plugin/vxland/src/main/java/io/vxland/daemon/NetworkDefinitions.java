package io.vxland.daemon;

import io.vxland.api.ApiException;
import io.vxland.api.Defined;
import io.vxland.api.Deleted;
import io.vxland.control.ControlPlane;
import io.vxland.control.NetworkRegistry;
import io.vxland.control.NetworkRegistry.Wanted;
import io.vxland.control.RegistryException;
import io.vxland.libvirt.LibvirtConnection;
import io.vxland.libvirt.LibvirtException;
import io.vxland.libvirt.xml.LibvirtXmlException;
import io.vxland.libvirt.xml.Templates;
import io.vxland.model.Location;
import io.vxland.model.Network;
import io.vxland.model.NetworkName;
import io.vxland.model.SharedNetwork;
import io.vxland.model.Vni;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Defines and deletes networks in libvirt, as an administrator would with virsh: on this host, and
 * on all of them where they have a registry.
 */
final class NetworkDefinitions implements SharedNetworks.Host {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final World world;
  private final Templates templates;
  private final Supplier<LibvirtConnection> libvirt;
  private final Supplier<ControlPlane> control;

  NetworkDefinitions(
      World world,
      Templates templates,
      Supplier<LibvirtConnection> libvirt,
      Supplier<ControlPlane> control) {
    this.world = world;
    this.templates = templates;
    this.libvirt = libvirt;
    this.control = control;
  }

  /**
   * Defines a network.
   *
   * @param here whether only on this host, although there is a registry
   */
  Defined define(Wanted wanted, boolean here, boolean printOnly) throws ApiException {
    Optional<NetworkRegistry> registry = here ? Optional.empty() : control.get().registry();
    if (wanted.vni().isEmpty() && (printOnly || registry.isEmpty())) {
      throw new ApiException(
          ApiException.Kind.BAD_REQUEST,
          printOnly
              ? "--print needs a VNI: --vni N"
              : "the network needs a VNI: --vni N; vxland chooses one only where hosts share their"
                  + " networks, as with etcd");
    }
    if (printOnly) {
      SharedNetwork printed = wanted.with(wanted.vni().orElseThrow());
      return defined(network(printed, registry.isPresent()), Defined.Result.PRINTED);
    }
    refuseRivals(wanted.name(), wanted.vni());
    SharedNetwork chosen =
        registry.isPresent()
            ? onAllHosts(() -> registry.get().define(wanted, LIMIT))
            : wanted.with(wanted.vni().orElseThrow());
    return define(network(chosen, registry.isPresent()));
  }

  private Network network(SharedNetwork network, boolean shared) {
    Network all = network.network(world.configuration().optionsOf(network.name()));
    return shared ? all : all.from(Network.Origin.LIBVIRT);
  }

  /** Something that is done on all hosts. */
  private interface OnAllHosts<T> {
    T done() throws RegistryException, InterruptedException;
  }

  private static <T> T onAllHosts(OnAllHosts<T> request) throws ApiException {
    try {
      return request.done();
    } catch (RegistryException refused) {
      throw new ApiException(
          refused.isConflict() ? ApiException.Kind.CONFLICT : ApiException.Kind.UNAVAILABLE,
          refused.getMessage(),
          refused);
    } catch (InterruptedException stopping) {
      throw stopping(stopping);
    }
  }

  /** Defines a network of all hosts on this one. */
  @Override
  public void define(SharedNetwork network) throws ApiException {
    Defined unused = define(network(network, true));
  }

  /** One after the other, each with what libvirt has after the last. */
  private synchronized Defined define(Network network) throws ApiException {
    World.LibvirtNetwork known = world.view().libvirt().get(network.name());
    boolean same =
        known != null && SharedNetwork.of(known.network()).equals(SharedNetwork.of(network));
    if (same && known.active() && known.autostart()) {
      return defined(network, Defined.Result.UNCHANGED);
    }
    String xml = render(network);
    inLibvirt(
        connection -> {
          if (!same) {
            connection.defineNetwork(xml, LIMIT);
          }
          connection.setAutostart(network.name().value(), true, LIMIT);
          if (known == null || !known.active()) {
            connection.startNetwork(network.name().value(), LIMIT);
          }
        });
    awaitInventory(networks -> networks.containsKey(network.name()));
    return defined(network, Defined.Result.DEFINED);
  }

  /** The hooks and libvirt's events have told the world; this is for what they do not tell. */
  private void awaitInventory(Predicate<Map<NetworkName, World.LibvirtNetwork>> wanted)
      throws ApiException {
    libvirt.get().requestInventory();
    try {
      boolean unused = world.awaitNetworks(wanted, LIMIT);
    } catch (InterruptedException stopping) {
      throw stopping(stopping);
    }
  }

  private Defined defined(Network network, Defined.Result result) throws ApiException {
    return new Defined(
        network.name().value(),
        network.vni().value(),
        network.bridge().orElseThrow().value(),
        result,
        render(network));
  }

  private String render(Network network) throws ApiException {
    try {
      return templates.network(network);
    } catch (LibvirtXmlException broken) {
      throw new ApiException(ApiException.Kind.INTERNAL, broken.getMessage(), broken);
    }
  }

  private void refuseRivals(NetworkName name, Optional<Vni> vni) throws ApiException {
    for (Network other : world.view().networks()) {
      boolean sameName = other.name().equals(name);
      boolean sameVni = vni.equals(Optional.of(other.vni()));
      if (sameName && vni.isPresent() && !sameVni) {
        throw new ApiException(
            ApiException.Kind.CONFLICT,
            "network '"
                + other.name()
                + "' has VNI "
                + other.vni()
                + "; delete it first, or choose another name");
      }
      if (!sameName && sameVni) {
        throw new ApiException(
            ApiException.Kind.CONFLICT,
            "VNI " + other.vni() + " already belongs to network '" + other.name() + "'");
      }
    }
  }

  /** Deletes a network: on all hosts if it is one that they all have. */
  Deleted delete(Network network, boolean force) throws ApiException {
    Optional<NetworkRegistry> registry =
        control
            .get()
            .registry()
            .filter(
                all ->
                    network.origin() == Network.Origin.SHARED
                        || all.known()
                            .filter(known -> known.defined().containsKey(network.name()))
                            .isPresent());
    boolean local = world.view().libvirt().containsKey(network.name());
    if (!local && registry.isEmpty()) {
      throw new ApiException(
          ApiException.Kind.CONFLICT,
          "network '"
              + network.name()
              + "' is defined in the configuration; remove its section and reload vxland");
    }
    if (registry.isPresent()) {
      if (!force) {
        refuseUsed(network);
      }
      onAllHosts(
          () -> {
            registry.get().delete(network.name(), LIMIT);
            return network;
          });
    }
    delete(network.name(), force);
    return new Deleted(network.name().value(), network.vni().value());
  }

  private void refuseUsed(Network network) throws ApiException {
    World.View view = world.view();
    List<String> users =
        view.ports().stream()
            .filter(port -> port.vni().equals(network.vni()))
            .map(port -> "'" + port.domainName() + "'")
            .toList();
    if (!users.isEmpty()) {
      throw used(network, "VM " + users.get(0) + " on this host");
    }
    List<Location> elsewhere =
        control
            .get()
            .knowledge(List.of(network))
            .locations()
            .getOrDefault(network.vni(), List.of());
    if (!elsewhere.isEmpty()) {
      Location first = elsewhere.get(0);
      throw used(network, first.mac() + " at " + first.vtep());
    }
  }

  private static ApiException used(Network network, String by) {
    return new ApiException(
        ApiException.Kind.CONFLICT,
        "network '" + network.name() + "' is used by " + by + "; to delete it anyway, use --force");
  }

  @Override
  public void delete(NetworkName name) throws ApiException {
    delete(name, false);
  }

  /** Deletes a network on this host; one that is not there is success. */
  private synchronized void delete(NetworkName name, boolean force) throws ApiException {
    if (world.view().libvirt().containsKey(name)) {
      inLibvirt(connection -> connection.deleteNetwork(name.value(), force, LIMIT));
      awaitInventory(networks -> !networks.containsKey(name));
    }
  }

  private static ApiException stopping(InterruptedException stopping) {
    Thread.currentThread().interrupt();
    return new ApiException(ApiException.Kind.UNAVAILABLE, "the daemon is stopping", stopping);
  }

  /** Something that libvirt does. */
  private interface Request {
    void to(LibvirtConnection connection) throws LibvirtException, InterruptedException;
  }

  private void inLibvirt(Request request) throws ApiException {
    try {
      request.to(libvirt.get());
    } catch (LibvirtException refused) {
      throw new ApiException(ApiException.Kind.CONFLICT, refused.getMessage(), refused);
    } catch (InterruptedException stopping) {
      throw stopping(stopping);
    }
  }
}
