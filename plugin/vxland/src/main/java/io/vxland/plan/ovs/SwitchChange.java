package io.vxland.plan.ovs;

import io.vxland.model.InterfaceName;
import io.vxland.model.MacAddress;
import io.vxland.model.Mtu;
import io.vxland.model.SwitchOptions.Datapath;
import io.vxland.model.VlanTag;
import io.vxland.openflow.Flow;
import io.vxland.openflow.FlowMod;
import io.vxland.plan.SwitchStep;
import java.util.Optional;
import java.util.UUID;

/**
 * One step in Open vSwitch. In its database, each is a transaction of its own; the flows of a
 * bridge that follow one another are changed at one moment.
 */
public sealed interface SwitchChange extends SwitchStep {
  /** Makes a bridge that is ours. */
  record AddBridge(InterfaceName bridge, Datapath datapath) implements SwitchChange {
    @Override
    public String command() {
      return "ovs-vsctl add-br "
          + bridge
          + " -- set Bridge "
          + bridge
          + " datapath_type="
          + datapath
          + " external_ids:"
          + SwitchOwnership.KEY
          + "="
          + SwitchOwnership.BRIDGE;
    }
  }

  /** Sets what forwards the frames of a bridge. */
  record SetDatapath(InterfaceName bridge, Datapath datapath) implements SwitchChange {
    @Override
    public String command() {
      return "ovs-vsctl set Bridge " + bridge + " datapath_type=" + datapath;
    }
  }

  /** Sets the MTU of a bridge's own interface, which libvirt copies to the taps. */
  record SetSwitchMtu(InterfaceName bridge, Mtu mtu) implements SwitchChange {
    @Override
    public String command() {
      return "ovs-vsctl set Interface " + bridge + " mtu_request=" + mtu;
    }
  }

  /** Makes a tunnel port that is ours. */
  record AddTunnel(InterfaceName bridge, InterfaceName device, Tunnel tunnel)
      implements SwitchChange {
    @Override
    public String command() {
      return "ovs-vsctl add-port " + bridge + " " + device + TunnelText.port(device, tunnel);
    }
  }

  /** Gives a tunnel port of ours all the columns that it should have. */
  record SetTunnel(InterfaceName bridge, InterfaceName device, Tunnel tunnel)
      implements SwitchChange {
    @Override
    public String command() {
      return "ovs-vsctl clear Port "
          + device
          + " tag -- clear Interface "
          + device
          + " options"
          + TunnelText.port(device, tunnel);
    }
  }

  /**
   * Plugs the tap of a VM into a bridge that it has fallen out of, as libvirt does
   * (virnetdevopenvswitch.c: virNetDevOpenvswitchAddPort), but for the interface id.
   *
   * @param tag the VLAN of its network
   * @param mac the MAC address of the NIC
   * @param domain the VM
   */
  record PlugTap(
      InterfaceName bridge,
      InterfaceName device,
      Optional<VlanTag> tag,
      MacAddress mac,
      UUID domain)
      implements SwitchChange {
    @Override
    public String command() {
      return "ovs-vsctl add-port "
          + bridge
          + " "
          + device
          + tag.map(each -> " tag=" + each).orElse("")
          + " -- set Interface "
          + device
          + " external_ids:attached-mac=\""
          + mac
          + "\" external_ids:vm-id="
          + domain
          + " external_ids:iface-status=active";
    }
  }

  /** Removes a tunnel port. */
  record RemoveTunnel(InterfaceName bridge, InterfaceName device) implements SwitchChange {
    @Override
    public String command() {
      return "ovs-vsctl del-port " + bridge + " " + device;
    }
  }

  /** Makes a flow, or gives one with the same match and priority other actions. */
  record AddFlow(InterfaceName bridge, Flow flow) implements SwitchChange {
    @Override
    public InterfaceName device() {
      return bridge;
    }

    @Override
    public String command() {
      return new FlowMod.Add(flow).command(bridge.value());
    }
  }

  /** Removes a flow. */
  record RemoveFlow(InterfaceName bridge, Flow flow) implements SwitchChange {
    @Override
    public InterfaceName device() {
      return bridge;
    }

    @Override
    public String command() {
      return FlowMod.Delete.of(flow).command(bridge.value());
    }
  }

  /** Removes a bridge. */
  record RemoveBridge(InterfaceName bridge) implements SwitchChange {
    @Override
    public String command() {
      return "ovs-vsctl del-br " + bridge;
    }
  }
}
