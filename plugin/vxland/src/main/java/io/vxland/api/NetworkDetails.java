package io.vxland.api;

import java.util.List;

/**
 * All that is known about a network.
 *
 * @param summary the line that lists show
 * @param options what its administrator chose
 * @param onSwitch what it has on Open vSwitch; {@link OnSwitch#NONE} for other templates
 * @param peers the hosts that it reaches, as addresses
 * @param ports the cards of VMs on this host that are plugged into it
 * @param problems what does not work in it
 */
public record NetworkDetails(
    NetworkSummary summary,
    Options options,
    OnSwitch onSwitch,
    List<String> peers,
    List<Port> ports,
    List<Problem> problems) {

  /** Copies the lists. */
  public NetworkDetails {
    peers = List.copyOf(peers);
    ports = List.copyOf(ports);
    problems = List.copyOf(problems);
  }

  /**
   * What a network's administrator can choose.
   *
   * @param replication where frames without a known place go: {@code peers of the control plane},
   *     {@code own list of peers}, {@code one remote} or {@code group 239.1.1.1}
   * @param learning whether the kernel learns remote places from received frames
   * @param ageingSeconds after which a learned place is forgotten; 0 for the kernel's default
   * @param proxy whether the VXLAN device answers ARP and ND
   * @param suppress whether the bridge answers ARP and ND
   * @param flood which frames without a known place are sent at all: {@code yes}, {@code broadcast}
   *     or {@code no}
   * @param portSecurity what NICs must not send, unless a VM's metadata say otherwise: {@code no},
   *     {@code known} or {@code strict}
   * @param ttl outer TTL; 0 for the kernel's choice
   * @param addresses the host's own addresses in the network, as 10.1.0.1/24
   * @param staticEntries machines with a fixed place, as MAC VTEP [ADDRESS...]
   */
  public record Options(
      String replication,
      boolean learning,
      int ageingSeconds,
      boolean proxy,
      boolean suppress,
      String flood,
      String portSecurity,
      int ttl,
      List<String> addresses,
      List<String> staticEntries) {

    /** Copies the lists. */
    public Options {
      addresses = List.copyOf(addresses);
      staticEntries = List.copyOf(staticEntries);
    }
  }

  /**
   * What a network on Open vSwitch has instead of a VXLAN device.
   *
   * @param datapath what forwards: {@code system} or {@code netdev}
   * @param tag what tells it from other networks on the bridge; 0: it is alone
   * @param tunnels its ports to other hosts
   */
  public record OnSwitch(String datapath, int tag, List<Tunnel> tunnels) {
    /** That of a network which is not on Open vSwitch. */
    public static final OnSwitch NONE = new OnSwitch("", 0, List.of());

    /** Copies the list. */
    public OnSwitch {
      tunnels = List.copyOf(tunnels);
    }
  }

  /**
   * A port to another host.
   *
   * @param port its name; empty if it is missing
   * @param vtep the other host
   * @param type how frames are wrapped
   * @param bfd what BFD says of it, such as {@code up}; empty without BFD
   * @param error why Open vSwitch cannot use it; empty if it can
   */
  public record Tunnel(String port, String vtep, String type, String bfd, String error) {}
}
