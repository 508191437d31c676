package io.vxland.api;

import io.vxland.model.Flooding;
import io.vxland.model.InterfaceName;
import io.vxland.model.NetworkName;
import io.vxland.model.PortSecurity;
import io.vxland.model.Template;
import io.vxland.model.VlanTag;
import io.vxland.model.Vni;
import java.util.List;
import java.util.Optional;

/**
 * What can be asked of the daemon. The daemon implements it, the server calls it.
 *
 * <p>Several threads call at once, and callers wait: a method answers from memory, or within a
 * bound of its own. {@link #hook} has two seconds at most, for libvirt holds the lock of the VM or
 * network meanwhile. Anything unchecked that comes out is a bug, and is reported as one.
 */
public interface Operations {

  /**
   * An event of libvirt, from a hook script.
   *
   * @return whether libvirt may go on
   * @throws ApiException BAD_REQUEST if the XML or the operation makes no sense
   */
  HookVerdict hook(HookEvent event) throws ApiException;

  /** Which daemon this is. */
  Version version();

  /**
   * The state of the whole host.
   *
   * @param diff whether to tell the pending changes one by one, too
   */
  Status status(boolean diff) throws ApiException;

  /** All networks of libvirt and of the configuration, by name. */
  List<NetworkSummary> networks() throws ApiException;

  /**
   * One network.
   *
   * @throws ApiException NOT_FOUND if there is none of that name
   */
  NetworkDetails network(NetworkName name) throws ApiException;

  /** The cards of VMs on this host that are plugged into networks of ours. */
  List<Port> ports() throws ApiException;

  /**
   * The forwarding entries of the VXLAN devices: those that shall be and those that are.
   *
   * @param network only this network's
   * @param vni only this VNI's
   * @throws ApiException NOT_FOUND if a network is named that does not exist
   */
  List<FdbEntry> fdb(Optional<NetworkName> network, Optional<Vni> vni) throws ApiException;

  /** The hosts that networks of this host reach. */
  List<Peer> peers() throws ApiException;

  /** What the daemon would do now, made anew from what the kernel has. */
  Plan plan() throws ApiException;

  /** The migrations of VMs from and to this host: those that go on, and the last that ended. */
  Migrations migrations() throws ApiException;

  /** Figures for a monitoring system. */
  Metrics metrics() throws ApiException;

  /**
   * Renders a network's XML and, unless it is only to be printed, defines, autostarts and starts it
   * through libvirt; on all hosts, where they share their networks.
   *
   * @param vni its VNI; empty: one that is free, where hosts share their networks
   * @param bridge its bridge; empty: the template's own choice
   * @param tag what keeps it apart from others on an Open vSwitch bridge
   * @param flood which frames without a known place go to all hosts
   * @param security what NICs may send
   * @param here whether only this host gets it
   * @throws ApiException CONFLICT if the name or the VNI is in use otherwise, naming the owner;
   *     UNAVAILABLE without libvirt
   */
  Defined defineNetwork(
      NetworkName name,
      Optional<Vni> vni,
      Template template,
      Optional<InterfaceName> bridge,
      Optional<VlanTag> tag,
      Flooding flood,
      PortSecurity security,
      boolean here,
      boolean printOnly)
      throws ApiException;

  /**
   * Stops and undefines a network in libvirt; on all hosts if they share it.
   *
   * @param force also if VMs are plugged into it
   * @throws ApiException NOT_FOUND; CONFLICT if VMs use it or the configuration made it;
   *     UNAVAILABLE without libvirt
   */
  Deleted deleteNetwork(NetworkName name, boolean force) throws ApiException;
}
