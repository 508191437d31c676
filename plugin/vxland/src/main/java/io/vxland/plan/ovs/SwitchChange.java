package io.vxland.plan.ovs;

import io.vxland.model.InterfaceName;
import io.vxland.model.Mtu;
import io.vxland.model.SwitchOptions.Datapath;
import io.vxland.openflow.Flow;
import io.vxland.openflow.FlowMod;
import io.vxland.plan.SwitchStep;

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
