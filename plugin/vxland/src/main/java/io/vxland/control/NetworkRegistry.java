package io.vxland.control;

import io.vxland.model.Flooding;
import io.vxland.model.InterfaceName;
import io.vxland.model.NetworkName;
import io.vxland.model.PortSecurity;
import io.vxland.model.Registry;
import io.vxland.model.SharedNetwork;
import io.vxland.model.Template;
import io.vxland.model.VlanTag;
import io.vxland.model.Vni;
import java.time.Duration;
import java.util.Optional;

/** Where networks are defined for all hosts at once. Thread-safe. */
public interface NetworkRegistry {
  /** What is known at this moment; empty until everything was read once. Does not block. */
  Optional<Registry> known();

  /**
   * Defines a network for all hosts. One that is there just so stays as it is.
   *
   * @param limit how long to wait
   * @return the network, with a VNI that nobody else has
   * @throws RegistryException if the name or the VNI is another's, no VNI is free, or nobody
   *     answers
   */
  SharedNetwork define(Wanted wanted, Duration limit)
      throws RegistryException, InterruptedException;

  /**
   * Deletes a network on all hosts, and frees its VNI; one that is not there is success.
   *
   * @throws RegistryException if nobody answers
   */
  void delete(NetworkName name, Duration limit) throws RegistryException, InterruptedException;

  /**
   * A network as somebody wants it.
   *
   * @param vni its VNI; empty: one that is free
   * @param bridge its bridge; empty: the template's choice
   * @param flood what its metadata say of frames without a known place
   * @param security what its metadata say of what NICs may send
   */
  record Wanted(
      NetworkName name,
      Optional<Vni> vni,
      Template template,
      Optional<InterfaceName> bridge,
      Optional<VlanTag> tag,
      Flooding flood,
      PortSecurity security) {

    /** Refuses a flooding that the template cannot do. */
    public Wanted {
      flood.mustSuit(template);
    }

    /** Just that one. */
    public static Wanted of(SharedNetwork network) {
      return new Wanted(
          network.name(),
          Optional.of(network.vni()),
          network.template(),
          Optional.of(network.bridge()),
          network.tag(),
          network.flood(),
          network.security());
    }

    /** With that VNI. */
    public SharedNetwork with(Vni chosen) {
      return new SharedNetwork(
          name,
          chosen,
          template,
          bridge.orElseGet(() -> template.defaultBridge(chosen)),
          tag,
          flood,
          security);
    }
  }
}
