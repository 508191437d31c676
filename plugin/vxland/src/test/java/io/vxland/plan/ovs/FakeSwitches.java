package io.vxland.plan.ovs;

import io.vxland.model.InterfaceName;
import io.vxland.model.MacAddress;
import io.vxland.model.VlanTag;
import io.vxland.openflow.Flow;
import io.vxland.openflow.Port;
import io.vxland.plan.Change;
import io.vxland.plan.ovs.ActualSwitches.ActualPort;
import io.vxland.plan.ovs.ActualSwitches.ActualSwitch;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Does what Open vSwitch would do with changes, to see where plans lead. */
final class FakeSwitches {
  private final Map<InterfaceName, ActualSwitch> switches = new TreeMap<>();
  private int lastNumber;

  ActualSwitches state() {
    return new ActualSwitches(Optional.empty(), switches);
  }

  void put(String name, ActualSwitch there) {
    switches.put(new InterfaceName(name), there);
  }

  void plug(String bridge, String port, ActualPort there) {
    ports(new InterfaceName(bridge), ports -> ports.put(new InterfaceName(port), numbered(there)));
  }

  /** One that flows cannot name yet, and no card's. */
  static ActualPort port(
      Optional<SwitchOwnership.Owner> owner,
      String type,
      Map<String, String> options,
      boolean isProtected,
      Optional<VlanTag> tag,
      boolean bfd,
      String error) {
    return new ActualPort(
        owner, type, options, isProtected, tag, bfd, error, Optional.empty(), Optional.empty(), "");
  }

  static ActualPort numbered(ActualPort port, Optional<Port> number) {
    return with(port, number, port.attached());
  }

  static ActualPort attached(ActualPort port, MacAddress mac) {
    return with(port, port.number(), Optional.of(mac));
  }

  private static ActualPort with(
      ActualPort port, Optional<Port> number, Optional<MacAddress> attached) {
    return new ActualPort(
        port.owner(),
        port.type(),
        port.options(),
        port.isProtected(),
        port.tag(),
        port.bfd(),
        port.error(),
        number,
        attached,
        port.bfdState());
  }

  static ActualPort foreignPort() {
    return port(Optional.empty(), "", Map.of(), false, Optional.empty(), false, "");
  }

  void apply(List<Change> changes) {
    changes.forEach(change -> apply((SwitchChange) ((Change.OnSwitch) change).step()));
  }

  private void apply(SwitchChange change) {
    InterfaceName bridge = change.bridge();
    if (change instanceof SwitchChange.AddBridge add) {
      refuseIf(switches.containsKey(bridge), change);
      switches.put(
          bridge, new ActualSwitch(true, add.datapath().toString(), OptionalInt.empty(), Map.of()));
      return;
    }
    refuseIf(!switches.containsKey(bridge), change);
    ActualSwitch there = switches.get(bridge);
    if (change instanceof SwitchChange.RemoveBridge) {
      switches.remove(bridge);
    } else if (change instanceof SwitchChange.SetDatapath set) {
      switches.put(
          bridge,
          new ActualSwitch(
              there.ours(), set.datapath().toString(), there.mtu(), there.ports(), there.flows()));
    } else if (change instanceof SwitchChange.SetSwitchMtu set) {
      switches.put(
          bridge,
          new ActualSwitch(
              there.ours(),
              there.datapath(),
              OptionalInt.of(set.mtu().bytes()),
              there.ports(),
              there.flows()));
    } else if (change instanceof SwitchChange.AddTunnel add) {
      boolean taken =
          switches.values().stream().anyMatch(each -> each.ports().containsKey(add.device()));
      refuseIf(taken, change);
      ports(bridge, ports -> ports.put(add.device(), numbered(port(add.tunnel()))));
    } else if (change instanceof SwitchChange.SetTunnel set) {
      refuseIf(!there.ports().containsKey(set.device()), change);
      ports(
          bridge,
          ports ->
              ports.put(
                  set.device(),
                  numbered(port(set.tunnel()), there.ports().get(set.device()).number())));
    } else if (change instanceof SwitchChange.RemoveTunnel remove) {
      refuseIf(!there.ports().containsKey(remove.device()), change);
      ports(bridge, ports -> ports.remove(remove.device()));
    } else if (change instanceof SwitchChange.AddFlow add) {
      flows(
          bridge,
          flows -> {
            flows
                .keySet()
                .removeIf(flow -> Flows.Identity.of(flow).equals(Flows.Identity.of(add.flow())));
            flows.put(add.flow(), 0L);
          });
    } else if (change instanceof SwitchChange.RemoveFlow remove) {
      refuseIf(!there.flows().packets().containsKey(remove.flow()), change);
      flows(bridge, flows -> flows.remove(remove.flow()));
    }
  }

  /** The switch numbers a port when it is added, and keeps the number. */
  private ActualPort numbered(ActualPort port) {
    return numbered(port, Optional.of(new Port(++lastNumber)));
  }

  private void flows(InterfaceName bridge, Consumer<Map<Flow, Long>> change) {
    ActualSwitch there = switches.get(bridge);
    Map<Flow, Long> flows = new HashMap<>(there.flows().packets());
    change.accept(flows);
    switches.put(bridge, there.with(new ActualFlows(Optional.empty(), flows)));
  }

  private static ActualPort port(Tunnel tunnel) {
    return port(
        Optional.of(tunnel.owner()),
        tunnel.type().toString(),
        tunnel.options(),
        tunnel.isProtected(),
        tunnel.tag(),
        tunnel.bfd(),
        "");
  }

  private static void refuseIf(boolean impossible, SwitchChange change) {
    if (impossible) {
      throw new AssertionError("Open vSwitch would refuse: " + change.command());
    }
  }

  private interface PortsChange {
    void to(Map<InterfaceName, ActualPort> ports);
  }

  private void ports(InterfaceName bridge, PortsChange change) {
    ActualSwitch there = switches.get(bridge);
    Map<InterfaceName, ActualPort> ports = new HashMap<>(there.ports());
    change.to(ports);
    switches.put(
        bridge,
        new ActualSwitch(there.ours(), there.datapath(), there.mtu(), ports, there.flows()));
  }
}
