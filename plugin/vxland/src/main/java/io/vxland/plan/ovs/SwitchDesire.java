package io.vxland.plan.ovs;

import io.vxland.model.InterfaceName;
import io.vxland.model.InvalidValueException;
import io.vxland.model.IpAddress;
import io.vxland.model.LocalPort;
import io.vxland.model.Mtu;
import io.vxland.model.Network;
import io.vxland.model.OverlayOptions;
import io.vxland.model.OverlayOptions.Replication;
import io.vxland.model.SwitchOptions;
import io.vxland.model.Template;
import io.vxland.model.TunnelType;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import io.vxland.plan.Inputs;
import io.vxland.plan.Problem;
import io.vxland.plan.TenantMtu;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** Turns the inputs into the desired state of Open vSwitch. */
public final class SwitchDesire {
  private static final String PORT = "dst_port";

  /** A flow sends to each of them, with two actions of at most 1,000. */
  private static final int MOST_PEERS = 400;

  private final Inputs inputs;
  private final Map<Vni, Network> claimed = new HashMap<>();

  /** Bridges that are the kernel's. */
  private final Map<InterfaceName, Network> others = new HashMap<>();

  private final SortedMap<InterfaceName, Switch> switches = new TreeMap<>();
  private final Map<InterfaceName, List<Network>> guests = new HashMap<>();
  private final List<Problem> problems = new ArrayList<>();
  private final Optional<CardDesire> cards;

  private SwitchDesire(Inputs inputs) {
    this.inputs = inputs;
    this.cards = inputs.vtep().map(vtep -> new CardDesire(inputs, problems::add));
  }

  /**
   * Computes the desired state; of two networks that exclude each other, the first by name wins.
   * Networks of other templates are left to others, but for the VNIs that they have.
   */
  public static DesiredSwitches of(Inputs inputs) {
    return new SwitchDesire(inputs).state();
  }

  private DesiredSwitches state() {
    if (inputs.vtep().isEmpty() || inputs.underlay().isEmpty()) {
      // The other half of the desired state says so.
      return DesiredSwitches.NONE;
    }
    for (Network network : inputs.sortedNetworks()) {
      Network rival = claimed.putIfAbsent(network.vni(), network);
      if (network.template() != Template.OVS_TUN) {
        network.bridge().ifPresent(bridge -> others.putIfAbsent(bridge, network));
        continue;
      }
      if (rival != null) {
        refuse(network, "VNI " + network.vni() + " already belongs to '" + rival.name() + "'");
        continue;
      }
      try {
        add(network);
      } catch (InvalidValueException impossible) {
        refuse(network, impossible.getMessage());
      }
    }
    Collections.sort(problems);
    return new DesiredSwitches(
        Collections.unmodifiableSortedMap(switches),
        problems,
        plugs(),
        inputs.knowledge().complete());
  }

  private void refuse(Network network, String reason) {
    problems.add(
        new Problem("network '" + network.name() + "'", reason + "; this network is left out"));
  }

  private void add(Network network) {
    InterfaceName bridge =
        network
            .bridge()
            .orElseThrow(
                () -> new InvalidValueException("a network on Open vSwitch needs a bridge"));
    if (others.containsKey(bridge)) {
      throw new InvalidValueException(
          "bridge "
              + bridge
              + " already belongs to '"
              + others.get(bridge).name()
              + "' as a Linux bridge");
    }
    Vtep local = inputs.vtep().orElseThrow();
    NavigableSet<IpAddress> peers = peers(network, local);
    SortedMap<Tunnel.Key, Tunnel> tunnels = tunnels(network, local, peers);
    Mtu mtu =
        TenantMtu.of(
            network,
            network.options().ovs().tunnel(),
            inputs.underlay().orElseThrow(),
            local,
            problems::add);
    Switch there = switches.get(bridge);
    if (there == null) {
      there =
          new Switch(
              bridge,
              network.options().ovs().datapath(),
              mtu,
              new TreeMap<>(),
              new TreeMap<>(),
              new TreeMap<>(),
              new TreeSet<>());
    } else {
      mustShare(network, there, tunnels);
    }
    mustBeTheOnlyOne(bridge, tunnels);
    Cards here = cards.orElseThrow().of(network, peers);
    here.tunnelKey()
        .map(key -> migrations(network, local, key))
        .ifPresent(tunnel -> tunnels.put(tunnel.key(), tunnel));
    there.networks().put(network.vni(), network.name());
    there.tunnels().putAll(tunnels);
    there.cards().put(network.vni(), here);
    if (network.options().uplink()) {
      there.gateways().add(network.vni());
    }
    switches.put(
        bridge,
        new Switch(
            bridge,
            there.datapath(),
            mtu.compareTo(there.mtu()) < 0 ? mtu : there.mtu(),
            there.networks(),
            there.tunnels(),
            there.cards(),
            there.gateways()));
    guests.computeIfAbsent(bridge, any -> new ArrayList<>()).add(network);
    warnOfSharedPort(network);
  }

  /** Networks on one switch are kept apart by their tags alone. */
  private void mustShare(Network network, Switch there, SortedMap<Tunnel.Key, Tunnel> tunnels) {
    for (Network other : guests.get(there.name())) {
      if (!network.canShareBridgeWith(other)) {
        throw new InvalidValueException(
            "bridge "
                + there.name()
                + " also belongs to '"
                + other.name()
                + "'; give each of the two its own <vlan><tag id='...'/></vlan>, or its own"
                + " bridge");
      }
    }
    if (network.options().ovs().datapath() != there.datapath()) {
      throw new InvalidValueException(
          "bridge " + there.name() + " already has the datapath '" + there.datapath() + "'");
    }
    if (!Objects.equals(tunnels.get(Tunnel.Key.SHARED), there.tunnels().get(Tunnel.Key.SHARED))) {
      throw new InvalidValueException(
          "the networks of bridge "
              + there.name()
              + " must all use one tunnel to all hosts, or none: give them the same 'tunnels', and"
              + " with 'flow' the same 'tunnel', 'port', 'ttl', 'tos', 'checksum' and 'fragment'");
    }
  }

  /** To Open vSwitch, the tunnels of all bridges are one list. */
  private void mustBeTheOnlyOne(InterfaceName bridge, SortedMap<Tunnel.Key, Tunnel> tunnels) {
    Tunnel shared = tunnels.get(Tunnel.Key.SHARED);
    for (Switch other : switches.values()) {
      Tunnel same = other.tunnels().get(Tunnel.Key.SHARED);
      boolean meets =
          shared != null
              && same != null
              && !other.name().equals(bridge)
              && same.type() == shared.type()
              && Objects.equals(same.options().get(PORT), shared.options().get(PORT));
      if (meets) {
        throw new InvalidValueException(
            "bridge "
                + other.name()
                + " has the tunnel to all hosts, and Open vSwitch accepts only one for each"
                + " 'port'; use that bridge with a <vlan><tag id='...'/></vlan> for each network,"
                + " or 'tunnels = peer'");
      }
    }
  }

  /**
   * One UDP port cannot be both the kernel's VXLAN devices' and Open vSwitch's, nor be that of two
   * kinds of tunnels.
   */
  private void warnOfSharedPort(Network network) {
    TunnelType tunnel = network.options().ovs().tunnel();
    if (!tunnel.hasPort()) {
      return;
    }
    inputs.sortedNetworks().stream()
        .filter(other -> other.options().port().equals(network.options().port()))
        .filter(other -> isOtherOnPort(other, tunnel))
        .findFirst()
        .ifPresent(
            other ->
                problems.add(
                    new Problem(
                        "network '" + network.name() + "'",
                        "UDP port "
                            + network.options().port()
                            + " is also used by '"
                            + other.name()
                            + "' ("
                            + (other.template() == Template.OVS_TUN
                                ? other.options().ovs().tunnel()
                                : "a Linux bridge")
                            + "); set another 'port' for one of the two, on all hosts")));
  }

  private static boolean isOtherOnPort(Network other, TunnelType tunnel) {
    TunnelType others = other.options().ovs().tunnel();
    return other.template() != Template.OVS_TUN || (others.hasPort() && others != tunnel);
  }

  private static SortedMap<Tunnel.Key, Tunnel> tunnels(
      Network network, Vtep local, NavigableSet<IpAddress> peers) {
    SwitchOptions ovs = network.options().ovs();
    SortedMap<Tunnel.Key, Tunnel> tunnels = new TreeMap<>();
    if (ovs.ports() == SwitchOptions.Ports.FLOW) {
      tunnels.put(Tunnel.Key.SHARED, shared(network, local, peers.size()));
    }
    for (IpAddress peer : peers) {
      if (peer.family() != local.address().family()) {
        throw new InvalidValueException(
            "peer " + peer + " and this host's " + local + " have different IP versions");
      }
      if (ovs.ports() == SwitchOptions.Ports.PEER) {
        Tunnel.Key key = Tunnel.Key.to(network.vni(), peer);
        Map<String, String> options =
            options(network, local, peer.toString(), network.vni().toString());
        tunnels.put(key, new Tunnel(key, ovs.tunnel(), options, network.tag(), ovs.bfd()));
      }
    }
    return tunnels;
  }

  /** Its frames have their network's tag from flows. */
  private static Tunnel shared(Network network, Vtep local, int peers) {
    if (network.options().ovs().bfd()) {
      throw new InvalidValueException(
          "BFD needs a port for each host: remove 'bfd' or 'tunnels = flow'");
    }
    if (peers > MOST_PEERS) {
      throw new InvalidValueException(
          peers + " hosts are more than " + MOST_PEERS + ", the most with 'tunnels = flow'");
    }
    return new Tunnel(
        Tunnel.Key.SHARED,
        network.options().ovs().tunnel(),
        options(network, local, Tunnel.BY_FLOW, Tunnel.BY_FLOW),
        Optional.empty(),
        false);
  }

  /**
   * NORMAL sends nothing out of it: the host it would go to is then nobody, or, for what another
   * host has sent, this one, and Open vSwitch does not tunnel to its own address. Its key is its
   * own: a second one with the key left to flows, too, would be the same tunnel to Open vSwitch,
   * which has one list for all bridges.
   */
  private static Tunnel migrations(Network network, Vtep local, Vni key) {
    return new Tunnel(
        Tunnel.Key.migrations(network.vni()),
        network.options().ovs().tunnel(),
        options(network, local, Tunnel.BY_FLOW, key.toString()),
        network.tag(),
        false);
  }

  private NavigableSet<IpAddress> peers(Network network, Vtep local) {
    OverlayOptions options = network.options();
    NavigableSet<IpAddress> peers = new TreeSet<>();
    if (options.replication() instanceof Replication.Group) {
      throw new InvalidValueException("Open vSwitch has no multicast tunnels: remove 'group'");
    } else if (options.replication() instanceof Replication.Remote remote) {
      peers.add(remote.peer().address());
    } else {
      inputs
          .knowledge()
          .replication()
          .getOrDefault(network.vni(), new TreeSet<>())
          .forEach(vtep -> peers.add(vtep.address()));
    }
    peers.remove(local.address());
    return peers;
  }

  private static Map<String, String> options(
      Network network, Vtep local, String remote, String key) {
    SwitchOptions ovs = network.options().ovs();
    Map<String, String> options = new HashMap<>();
    options.put("remote_ip", remote);
    options.put("local_ip", local.toString());
    options.put("key", key);
    if (ovs.tunnel().hasPort()) {
      options.put(PORT, network.options().port().toString());
    }
    if (ovs.checksum()) {
      options.put("csum", "true");
    }
    if (ovs.fragment()) {
      options.put("df_default", "false");
    }
    ovs.tos().ifPresent(tos -> options.put("tos", tos.toString()));
    network.options().ttl().ifPresent(ttl -> options.put("ttl", Integer.toString(ttl)));
    return options;
  }

  private List<DesiredSwitches.Plug> plugs() {
    List<DesiredSwitches.Plug> plugs = new ArrayList<>();
    for (LocalPort port : inputs.ports().stream().sorted().toList()) {
      for (Network network : guests.getOrDefault(port.bridge(), List.of())) {
        if (port.tap().isPresent() && network.vni().equals(port.vni())) {
          plugs.add(
              new DesiredSwitches.Plug(
                  port.domainName(), port.tap().get(), port.bridge(), network.tag()));
        }
      }
    }
    return plugs;
  }
}
