package io.vxland.plan.ovs;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.model.Handover;
import io.vxland.model.InterfaceName;
import io.vxland.model.Knowledge;
import io.vxland.model.LocalPort;
import io.vxland.model.Location;
import io.vxland.model.MacAddress;
import io.vxland.model.Network;
import io.vxland.model.NetworkName;
import io.vxland.model.OverlayOptions;
import io.vxland.model.Template;
import io.vxland.model.VlanTag;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import io.vxland.openflow.Flow;
import io.vxland.plan.Change;
import io.vxland.plan.Inputs;
import io.vxland.plan.Plan;
import io.vxland.plan.ovs.ActualSwitches.ActualSwitch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Predicate;

/** A host with Open vSwitch, what it knows of others, and what plans have made of its switches. */
class SwitchScene {
  static final Vni VNI = new Vni(5001);
  static final MacAddress MAC = MacAddress.parse("52:54:00:00:00:01");
  static final InterfaceName BRIDGE = new InterfaceName("br-extun");
  static final InterfaceName TAP = new InterfaceName("vnet0");

  /** How the text of each flow begins. */
  static final String OURS = "cookie=0x76786c616e64, table=";

  final FakeSwitches switches = new FakeSwitches();
  String self = "10.99.0.1";
  List<String> peers = List.of("10.99.0.2", "10.99.0.3");
  Set<LocalPort> ports = Set.of();
  List<Location> locations = List.of();

  static Network network(String name, int vni, String bridge, Integer tag) {
    return new Network(
        new NetworkName(name),
        new Vni(vni),
        Optional.of(new InterfaceName(bridge)),
        Optional.ofNullable(tag).map(VlanTag::new),
        Template.OVS_TUN,
        Network.Origin.LIBVIRT,
        OverlayOptions.DEFAULTS);
  }

  static Network extun() {
    return network("ovs-tun", VNI.value(), BRIDGE.value(), null);
  }

  /** A VM's card in the network, whose tap is in a bridge. */
  static LocalPort portOn(String bridge) {
    return new LocalPort(
        new UUID(0, 1),
        "vm1",
        MAC,
        VNI,
        new InterfaceName(bridge),
        Optional.of(TAP),
        Optional.empty(),
        LocalPort.State.HERE);
  }

  Inputs inputs(Set<Network> networks, Handover... handovers) {
    Map<Vni, SortedSet<Vtep>> replication = new HashMap<>();
    networks.forEach(
        network ->
            replication.put(
                network.vni(), new TreeSet<>(peers.stream().map(Vtep::parse).toList())));
    return new Inputs(
        Optional.of(Vtep.parse(self)),
        Optional.of(new Inputs.Underlay(new InterfaceName("eth0"), 1500)),
        networks,
        ports,
        new Knowledge(true, replication, Map.of(VNI, locations)),
        new HashSet<>(Arrays.asList(handovers)));
  }

  Plan plan(Inputs inputs) {
    return SwitchPlanner.plan(SwitchDesire.of(inputs), switches.state(), true);
  }

  /** Plans until nothing is left, as the loop does, and returns all commands. */
  List<String> settle(Inputs inputs) {
    List<String> commands = new ArrayList<>();
    for (int round = 0; round < 4; round++) {
      Plan plan = plan(inputs);
      commands.addAll(commands(plan));
      switches.apply(plan.changes());
    }
    assertThat(plan(inputs).changes()).as("after %s", commands).isEmpty();
    return commands;
  }

  static List<String> commands(Plan plan) {
    return plan.changes().stream().map(Change::command).toList();
  }

  ActualSwitch there() {
    return switches.state().switches().get(BRIDGE);
  }

  /** The flows without the cookie that all have, the table first; those of filters left out. */
  List<String> flows() {
    return flows(flow -> !isOfFilter(flow));
  }

  /** Those of filters. */
  List<String> filterFlows() {
    return flows(SwitchScene::isOfFilter);
  }

  private static boolean isOfFilter(Flow flow) {
    return flow.table() >= PortFilterFlows.SOURCE || flow.priority() == Flows.CHECK;
  }

  private List<String> flows(Predicate<Flow> which) {
    return there().flows().packets().keySet().stream()
        .filter(which)
        .map(Flow::text)
        .peek(text -> assertThat(text).startsWith(OURS))
        .map(text -> text.substring(OURS.length()))
        .sorted()
        .toList();
  }

  int number(String port) {
    return there().ports().get(new InterfaceName(port)).number().orElseThrow().number();
  }

  /** All that there is but names and numbers of tunnels, which depend on the way. */
  Map<InterfaceName, Set<Object>> shape() {
    Map<InterfaceName, Set<Object>> shape = new HashMap<>();
    switches
        .state()
        .switches()
        .forEach(
            (name, there) -> {
              Set<Object> all = new HashSet<>();
              all.add(there.datapath());
              all.add(there.mtu());
              there
                  .ports()
                  .values()
                  .forEach(port -> all.add(FakeSwitches.numbered(port, Optional.empty())));
              there.flows().packets().keySet().stream()
                  .map(flow -> flow.text().replaceAll("(output:|in_port=)[0-9]+", "$1"))
                  .forEach(all::add);
              shape.put(name, all);
            });
    return shape;
  }
}
