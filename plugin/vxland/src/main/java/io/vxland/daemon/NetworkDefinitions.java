package io.vxland.daemon;

import io.vxland.api.ApiException;
import io.vxland.api.Defined;
import io.vxland.api.Deleted;
import io.vxland.libvirt.LibvirtConnection;
import io.vxland.libvirt.LibvirtException;
import io.vxland.libvirt.xml.LibvirtXmlException;
import io.vxland.libvirt.xml.Templates;
import io.vxland.model.Network;
import java.time.Duration;
import java.util.function.Supplier;

/** Defines and deletes networks in libvirt, as an administrator would with virsh. */
final class NetworkDefinitions {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final World world;
  private final Templates templates;
  private final Supplier<LibvirtConnection> libvirt;

  NetworkDefinitions(World world, Templates templates, Supplier<LibvirtConnection> libvirt) {
    this.world = world;
    this.templates = templates;
    this.libvirt = libvirt;
  }

  Defined define(Network network, boolean printOnly) throws ApiException {
    String xml = render(network);
    if (printOnly) {
      return defined(network, Defined.Result.PRINTED, xml);
    }
    World.View view = world.view();
    refuseRivals(network, view);
    World.LibvirtNetwork known = view.libvirt().get(network.name());
    boolean same =
        known != null
            && known.network().vni().equals(network.vni())
            && known.network().template() == network.template()
            && known.network().tag().equals(network.tag())
            && known.network().bridge().equals(network.bridge());
    boolean unchanged = same && known.active() && known.autostart();
    if (!unchanged) {
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
      // The hooks and libvirt's events have told the world; this is for what they do not tell.
      libvirt.get().requestInventory();
    }
    return defined(network, unchanged ? Defined.Result.UNCHANGED : Defined.Result.DEFINED, xml);
  }

  private static Defined defined(Network network, Defined.Result result, String xml) {
    return new Defined(
        network.name().value(),
        network.vni().value(),
        network.bridge().orElseThrow().value(),
        result,
        xml);
  }

  private String render(Network network) throws ApiException {
    try {
      return templates.network(network);
    } catch (LibvirtXmlException broken) {
      throw new ApiException(ApiException.Kind.INTERNAL, broken.getMessage(), broken);
    }
  }

  private static void refuseRivals(Network network, World.View view) throws ApiException {
    for (Network other : view.networks()) {
      boolean sameName = other.name().equals(network.name());
      if (sameName && !other.vni().equals(network.vni())) {
        throw new ApiException(
            ApiException.Kind.CONFLICT,
            "network '"
                + other.name()
                + "' has VNI "
                + other.vni()
                + "; delete it first, or take another name");
      }
      if (!sameName && other.vni().equals(network.vni())) {
        throw new ApiException(
            ApiException.Kind.CONFLICT,
            "VNI " + network.vni() + " already belongs to network '" + other.name() + "'");
      }
    }
  }

  Deleted delete(Network network, boolean force) throws ApiException {
    if (!world.view().libvirt().containsKey(network.name())) {
      throw new ApiException(
          ApiException.Kind.CONFLICT,
          "network '"
              + network.name()
              + "' is the configuration's; remove its section and reload vxland");
    }
    inLibvirt(connection -> connection.deleteNetwork(network.name().value(), force, LIMIT));
    libvirt.get().requestInventory();
    return new Deleted(network.name().value(), network.vni().value());
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
      Thread.currentThread().interrupt();
      throw new ApiException(ApiException.Kind.UNAVAILABLE, "the daemon is stopping", stopping);
    }
  }
}
