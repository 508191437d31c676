package io.vxland.config;

import io.vxland.model.Checksums;
import io.vxland.model.HostAddress;
import io.vxland.model.InterfaceName;
import io.vxland.model.IpAddress;
import io.vxland.model.Network;
import io.vxland.model.NetworkName;
import io.vxland.model.OverlayOptions;
import io.vxland.model.PortSecurity;
import io.vxland.model.Prefix;
import io.vxland.model.SwitchOptions.Datapath;
import io.vxland.model.Template;
import io.vxland.model.UdpPort;
import io.vxland.model.Vni;
import io.vxland.model.VniRange;
import io.vxland.model.Vtep;
import java.net.URI;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A whole configuration without a mistake in it. Two are equal exactly when nothing that they ask
 * for differs; comments, order of sections, file names and spaces do not count.
 *
 * @param host section {@code [host]}
 * @param control section {@code [control]}
 * @param etcd section {@code [etcd]}; there is one exactly if the mode is etcd
 * @param evpn section {@code [evpn]}; there is one exactly if the mode is evpn
 * @param libvirt section {@code [libvirt]}
 * @param ovs section {@code [ovs]}
 * @param networks the sections {@code [network NAME]}, by name
 */
public record Configuration(
    Host host,
    Control control,
    Optional<Etcd> etcd,
    Optional<Evpn> evpn,
    Libvirt libvirt,
    Ovs ovs,
    SortedMap<NetworkName, NetworkSection> networks) {

  /**
   * This host.
   *
   * @param address which of its addresses is its VTEP
   * @param port the UDP port of networks that name none
   * @param bridgeNames the VNIs for which a libvirt network without metadata, but with a bridge
   *     named {@code br<vni>}, is one of ours; empty: for none
   * @param mssClamp whether networks that say nothing of it keep TCP to segments that fit
   * @param portSecurity what NICs may send in networks that say nothing of it
   * @param udpChecksum whether networks that say nothing of it send checksums; empty: each data
   *     plane's default
   * @param zeroChecksum6 what networks that say nothing of it do without checksums over IPv6
   */
  public record Host(
      HostAddress address,
      UdpPort port,
      Optional<VniRange> bridgeNames,
      boolean mssClamp,
      PortSecurity portSecurity,
      Optional<Boolean> udpChecksum,
      Checksums.Zero6 zeroChecksum6) {
    /** One whose networks keep TCP to segments that fit. */
    public Host(HostAddress address, UdpPort port, Optional<VniRange> bridgeNames) {
      this(
          address,
          port,
          bridgeNames,
          true,
          PortSecurity.KNOWN,
          Optional.empty(),
          Checksums.Zero6.NO);
    }
  }

  /**
   * Who tells where remote VMs are.
   *
   * @param mode the kind of control plane
   * @param peers the other hosts; in the order of the file
   * @param accept networks of hosts from which tunnelled packets are taken, too; one of length 0
   *     means anybody
   */
  public record Control(Mode mode, List<Vtep> peers, List<Prefix> accept) {
    /** One that takes tunnelled packets of known hosts only. */
    public Control(Mode mode, List<Vtep> peers) {
      this(mode, peers, List.of());
    }

    /** The kinds of control plane of this version. */
    public enum Mode {
      /** The list of peers, kernel learning, and entries from the configuration. */
      STATIC,
      /** Hosts tell each other by etcd; the list of peers has those that do not. */
      ETCD,
      /** FRR speaks BGP with the other hosts; the list of peers is for networks on Open vSwitch. */
      EVPN
    }

    /** Copies the list. */
    public Control {
      accept = List.copyOf(accept);
      peers = List.copyOf(peers);
    }
  }

  /**
   * How to reach etcd.
   *
   * @param endpoints the cluster's members, all with TLS or all without
   * @param prefix before every key; begins and ends with a slash
   * @param ca who signed the members' certificates; there exactly if they use TLS
   * @param certificate this host's, with its key; empty: it shows none
   * @param login as whom; empty: as the certificate says, or nobody
   * @param lease seconds without a word after which a host is taken for gone
   * @param grace seconds for which one believes that it comes back
   * @param vnis given to networks that ask for no certain one
   */
  public record Etcd(
      List<URI> endpoints,
      String prefix,
      Optional<Path> ca,
      Optional<Certificate> certificate,
      Optional<Login> login,
      int lease,
      int grace,
      VniRange vnis) {
    /** Files in PEM. */
    public record Certificate(Path chain, Path key) {}

    /**
     * A user of etcd's.
     *
     * @param passwordFile has the password in its first line
     */
    public record Login(String user, Path passwordFile) {}

    /** Copies the list. */
    public Etcd {
      endpoints = List.copyOf(endpoints);
    }
  }

  /**
   * This host's FRR.
   *
   * @param as the autonomous system
   * @param peers its BGP neighbours; in the order of the file
   * @param reflector whether it is a route reflector for them
   * @param manage whether vxland configures it
   * @param vtysh FRR's shell
   */
  public record Evpn(
      long as, List<IpAddress> peers, boolean reflector, boolean manage, Path vtysh) {
    /** Copies the list. */
    public Evpn {
      peers = List.copyOf(peers);
    }
  }

  /**
   * The connection to libvirt.
   *
   * @param uri what virConnectOpen gets; of this machine
   */
  public record Libvirt(String uri) {}

  /**
   * Open vSwitch.
   *
   * @param database the socket of its database
   * @param datapath what forwards the frames of bridges that vxland makes
   */
  public record Ovs(String database, Datapath datapath) {
    /** Where packages put it. */
    public static final Ovs DEFAULTS = new Ovs("/run/openvswitch/db.sock", Datapath.SYSTEM);
  }

  /**
   * A section {@code [network NAME]}.
   *
   * @param vni its VNI; empty: the section only gives options for libvirt's network of that name
   * @param bridge its bridge; empty: a bare VXLAN device, or libvirt's affair where there is no VNI
   * @param options its options, with the host's port where the section names none
   */
  public record NetworkSection(
      Optional<Vni> vni, Optional<InterfaceName> bridge, OverlayOptions options) {}

  /** Copies the map. */
  public Configuration {
    networks = Collections.unmodifiableSortedMap(new TreeMap<>(networks));
  }

  /** The options of a network of which no section speaks. */
  public OverlayOptions defaultOptions() {
    return NetworkSections.defaults(control, host, ovs.datapath());
  }

  /** The options of a network, from its section if there is one. */
  public OverlayOptions optionsOf(NetworkName name) {
    NetworkSection section = networks.get(name);
    return section == null ? defaultOptions() : section.options();
  }

  /** The networks that the configuration makes by itself: those with a VNI. */
  public List<Network> ownNetworks() {
    return networks.entrySet().stream()
        .flatMap(
            entry ->
                entry.getValue().vni().stream()
                    .map(vni -> network(entry.getKey(), vni, entry.getValue())))
        .toList();
  }

  /**
   * What speaks against a VTEP that was found only after the files were read: it is a peer of
   * itself, or of another family than its peers. Empty when nothing does.
   */
  public List<String> objectionsTo(Vtep own) {
    return OwnAddress.objections(this, own);
  }

  private static Network network(NetworkName name, Vni vni, NetworkSection section) {
    return new Network(
        name,
        vni,
        section.bridge(),
        Template.BRIDGE,
        Network.Origin.CONFIGURATION,
        section.options());
  }
}
