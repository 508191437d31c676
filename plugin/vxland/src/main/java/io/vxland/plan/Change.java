package io.vxland.plan;

import io.vxland.model.InterfaceName;
import io.vxland.model.IpAddress;
import io.vxland.model.MacAddress;
import io.vxland.model.Mtu;
import io.vxland.model.Prefix;
import io.vxland.model.Vni;

/**
 * One step of a plan. {@link #command} is what an administrator would type for it; the daemon sends
 * the same as netlink messages.
 */
public sealed interface Change {
  /** Stands for the tables of {@link FrameRules}, which are no device's. */
  InterfaceName FRAMES = new InterfaceName(FrameRules.TABLE);

  /** The device that it changes. */
  InterfaceName device();

  /** The equivalent command of iproute2. */
  String command();

  /**
   * Makes a bridge that is ours, with all its attributes, still down. It takes two commands: the
   * kernel passes over an alias in the message that makes a link. The limit on learning is left out
   * of them: iproute2 knows it since 6.7, see {@link LimitLearning}.
   */
  record CreateBridge(BridgeSpec spec, Vni vni) implements Change {
    @Override
    public InterfaceName device() {
      return spec.name();
    }

    @Override
    public String command() {
      return "ip link add "
          + spec.name()
          + " address "
          + spec.mac()
          + " mtu "
          + spec.mtu()
          + " type bridge stp_state 0 forward_delay 0 mcast_snooping 0 no_linklocal_learn 1 && "
          + new SetAlias(spec.name(), vni).command();
    }
  }

  /**
   * Makes a VXLAN device that is ours, likewise, with all its attributes, still down.
   *
   * @param network the VNI of the network that it serves; a migration tunnel's own is another
   */
  record CreateVxlan(VxlanSpec spec, Vni network) implements Change {
    @Override
    public InterfaceName device() {
      return spec.name();
    }

    @Override
    public String command() {
      return "ip link add "
          + spec.name()
          + " address "
          + spec.mac()
          + " mtu "
          + spec.mtu()
          + " type vxlan id "
          + spec.vni()
          + " dstport "
          + spec.port()
          + " "
          + VxlanText.changeable(spec)
          + VxlanText.fixed(spec)
          + " && "
          + new SetAlias(spec.name(), network).command();
    }
  }

  /** Makes the bridge's port into a migration tunnel that is ours, likewise, still down. */
  record CreateOutlet(OutletSpec spec, Vni network) implements Change {
    @Override
    public InterfaceName device() {
      return spec.name();
    }

    @Override
    public String command() {
      return "ip link add "
          + spec.name()
          + " link "
          + spec.below()
          + " address "
          + spec.mac()
          + " mtu "
          + spec.mtu()
          + " type macvlan mode source && "
          + new SetAlias(spec.name(), network).command();
    }
  }

  /** Sets those attributes of a VXLAN device that the kernel lets one change while it exists. */
  record ChangeVxlan(VxlanSpec spec) implements Change {
    @Override
    public InterfaceName device() {
      return spec.name();
    }

    @Override
    public String command() {
      return "ip link set " + spec.name() + " type vxlan " + VxlanText.changeable(spec);
    }
  }

  /**
   * Takes spanning tree and multicast snooping from a bridge, and has it learn nothing of frames
   * that it does not forward: those pass no filter of nftables (br_handle_frame in br_input.c).
   */
  record PlainBridge(InterfaceName device) implements Change {
    @Override
    public String command() {
      return "ip link set "
          + device
          + " type bridge stp_state 0 mcast_snooping 0 no_linklocal_learn 1";
    }
  }

  /**
   * Bounds what a bridge learns.
   *
   * @param macs how many; 0 for no limit
   */
  record LimitLearning(InterfaceName device, int macs) implements Change {
    @Override
    public String command() {
      return "ip link set " + device + " type bridge fdb_max_learned " + macs;
    }
  }

  /**
   * Drops tunnelled packets of strangers.
   *
   * @param filter who is none
   * @param whole whether this is all; if not, who was accepted before still is
   */
  record AcceptVteps(VtepFilter filter, boolean whole) implements Change {
    /** What is shown in place of a device. */
    static final InterfaceName NAME = new InterfaceName("vxland_vteps");

    @Override
    public InterfaceName device() {
      return NAME;
    }

    @Override
    public String command() {
      return "nft -f - <<'END'\n" + filter.script(whole) + "END";
    }
  }

  /** Takes tunnelled packets of everybody again. */
  record RemoveVtepFilter() implements Change {
    @Override
    public InterfaceName device() {
      return AcceptVteps.NAME;
    }

    @Override
    public String command() {
      return "nft delete table " + VtepFilter.TABLE;
    }
  }

  /** Deletes a device. */
  record DeleteLink(InterfaceName device) implements Change {
    @Override
    public String command() {
      return "ip link del " + device;
    }
  }

  /** Marks a link as the given VNI's. */
  record SetAlias(InterfaceName device, Vni vni) implements Change {
    @Override
    public String command() {
      return "ip link set " + device + " alias " + Ownership.alias(vni);
    }
  }

  /** Sets the MTU. */
  record SetMtu(InterfaceName device, Mtu mtu) implements Change {
    @Override
    public String command() {
      return "ip link set " + device + " mtu " + mtu;
    }
  }

  /** Sets the device's address. */
  record SetMac(InterfaceName device, MacAddress mac) implements Change {
    @Override
    public String command() {
      return "ip link set " + device + " address " + mac;
    }
  }

  /** Stops the kernel from giving the device IPv6 addresses of its own accord. */
  record NoAddressGeneration(InterfaceName device) implements Change {
    @Override
    public String command() {
      return "ip link set " + device + " addrgenmode none";
    }
  }

  /** Plugs the device into a bridge. */
  record SetMaster(InterfaceName device, InterfaceName bridge) implements Change {
    @Override
    public String command() {
      return "ip link set " + device + " master " + bridge;
    }
  }

  /** Takes the device out of whatever bridge it is in. */
  record ClearMaster(InterfaceName device) implements Change {
    @Override
    public String command() {
      return "ip link set " + device + " nomaster";
    }
  }

  /** Sets the flags of a bridge port. */
  record SetPortFlags(InterfaceName device, Segment.PortFlags flags) implements Change {
    @Override
    public String command() {
      return "bridge link set dev "
          + device
          + " learning "
          + (flags.learning() ? "on" : "off")
          + " neigh_suppress "
          + (flags.suppress() ? "on" : "off")
          + " flood "
          + (flags.unknown() ? "on" : "off")
          + " mcast_flood F bcast_flood F".replace("F", flags.flood() ? "on" : "off");
    }
  }

  /** Brings the device up. */
  record SetUp(InterfaceName device) implements Change {
    @Override
    public String command() {
      return "ip link set " + device + " up";
    }
  }

  /** Takes a device down. */
  record SetDown(InterfaceName device) implements Change {
    @Override
    public String command() {
      return "ip link set " + device + " down";
    }
  }

  /** Adds a host to the replication list. */
  record AddReplica(InterfaceName device, IpAddress peer) implements Change {
    @Override
    public String command() {
      return "bridge fdb append 00:00:00:00:00:00 dev " + device + " dst " + peer + " self static";
    }
  }

  /** Takes a destination from the replication list. */
  record RemoveReplica(InterfaceName device, ActualState.Destination peer) implements Change {
    @Override
    public String command() {
      return "bridge fdb del 00:00:00:00:00:00 dev " + device + " dst " + peer + " self";
    }
  }

  /** Says where a MAC is, in one message, wherever it was before. */
  record PlaceMac(InterfaceName device, MacAddress mac, IpAddress peer) implements Change {
    @Override
    public String command() {
      return "bridge fdb replace " + mac + " dev " + device + " dst " + peer + " self static";
    }
  }

  /** Forgets the place of a MAC. */
  record RemoveMac(InterfaceName device, MacAddress mac, ActualState.Destination peer)
      implements Change {
    @Override
    public String command() {
      return "bridge fdb del " + mac + " dev " + device + " dst " + peer + " self";
    }
  }

  /** Tells a bridge that a MAC is behind one of its ports. */
  record PlaceBehindPort(InterfaceName device, MacAddress mac) implements Change {
    @Override
    public String command() {
      return "bridge fdb replace " + mac + " dev " + device + " master dynamic extern_learn";
    }
  }

  /** Tells a bridge that a MAC is behind one of its ports, as if it had learned it there. */
  record PlaceOnPort(InterfaceName device, MacAddress mac) implements Change {
    @Override
    public String command() {
      return "bridge fdb replace " + mac + " dev " + device + " master dynamic";
    }
  }

  /**
   * Has a bridge keep a MAC behind one of its ports, whoever sends from it, until it is told
   * otherwise or the port is deleted.
   */
  record PinToPort(InterfaceName device, MacAddress mac) implements Change {
    @Override
    public String command() {
      return "bridge fdb replace " + mac + " dev " + device + " master static sticky";
    }
  }

  /** Has a bridge forget that a MAC is behind one of its ports. */
  record RemoveBehindPort(InterfaceName device, MacAddress mac) implements Change {
    @Override
    public String command() {
      return "bridge fdb del " + mac + " dev " + device + " master";
    }
  }

  /**
   * Keeps what comes out of a migration tunnel from its bridge; only deliveries go on from there.
   */
  record GuardTunnel(InterfaceName device) implements Change {
    @Override
    public String command() {
      return "nft 'add table netdev vxland; add chain netdev vxland "
          + device
          + " { type filter hook ingress device \""
          + device
          + "\" priority 0; policy drop; }; flush chain netdev vxland "
          + device
          + "'";
    }
  }

  /** Takes the guard away, with its deliveries; the table goes with its last chain. */
  record UnguardTunnel(InterfaceName device) implements Change {
    @Override
    public String command() {
      return "nft 'flush chain netdev vxland "
          + device
          + "; delete chain netdev vxland "
          + device
          + "' && { nft list table netdev vxland | grep -q chain"
          + " || nft delete table netdev vxland; }";
    }
  }

  /** Has a card's frames out of a migration tunnel put into its tap. */
  record Deliver(InterfaceName device, MacAddress mac, InterfaceName tap) implements Change {
    @Override
    public String command() {
      return "nft 'add rule netdev vxland "
          + device
          + " ether daddr "
          + mac
          + " counter fwd to \""
          + tap
          + "\"'";
    }
  }

  /** Ends the delivery of a card's frames. */
  record StopDelivery(InterfaceName device, MacAddress mac) implements Change {
    @Override
    public String command() {
      return "nft delete rule netdev vxland "
          + device
          + " handle $(nft -a list chain netdev vxland "
          + device
          + " | sed -n 's/.* "
          + mac
          + " .* handle //p')";
    }
  }

  /** Has nftables do to frames what their size asks for, in place of all that it did before. */
  record TreatFrames(FrameRules rules) implements Change {
    @Override
    public InterfaceName device() {
      return FRAMES;
    }

    @Override
    public String command() {
      return "nft '" + rules.replacement().replace("{\n", "{ ").replace("\n", "; ") + "'";
    }
  }

  /** Ends that. */
  record LeaveFrames() implements Change {
    @Override
    public InterfaceName device() {
      return FRAMES;
    }

    @Override
    public String command() {
      return "nft '" + FrameRules.REMOVAL.replace("\n", "; ") + "'";
    }
  }

  /**
   * Has the taps of a network filtered as a filter says, besides what is there already.
   *
   * @param device the network's bridge
   */
  record AddPortFilter(InterfaceName device, PortFilter filter) implements Change {
    @Override
    public String command() {
      return PortFilterText.command(filter);
    }
  }

  /**
   * Has the taps of a network filtered as a filter says, and no others.
   *
   * @param device the network's bridge
   */
  record SetPortFilter(InterfaceName device, PortFilter filter) implements Change {
    @Override
    public String command() {
      return PortFilterText.command(filter);
    }
  }

  /**
   * Ends the filter of a network.
   *
   * @param device the network's bridge
   */
  record RemovePortFilter(InterfaceName device, Vni vni) implements Change {
    @Override
    public String command() {
      return PortFilterText.removal(vni);
    }
  }

  /** Says how many frames may wait in a device that nobody reads. */
  record SetQueueLength(InterfaceName device, int frames) implements Change {
    @Override
    public String command() {
      return "ip link set " + device + " txqueuelen " + frames;
    }
  }

  /** Says which MAC an address has, in one message. */
  record SetNeighbour(InterfaceName device, IpAddress address, MacAddress mac) implements Change {
    @Override
    public String command() {
      return "ip neigh replace "
          + address
          + " lladdr "
          + mac
          + " dev "
          + device
          + " nud permanent protocol "
          + Ownership.PROTOCOL;
    }
  }

  /** Forgets the MAC of an address. */
  record RemoveNeighbour(InterfaceName device, IpAddress address) implements Change {
    @Override
    public String command() {
      return "ip neigh del " + address + " dev " + device;
    }
  }

  /**
   * Gives the host an address in the network. The command leaves out our mark: ip-address(8) has a
   * word for it ({@code proto}) only since iproute2 6.3, so what is typed stays the
   * administrator's.
   */
  record AddAddress(InterfaceName device, Prefix address) implements Change {
    @Override
    public String command() {
      boolean v6 = address.address().family() == IpAddress.Family.V6;
      return "ip addr add " + address + " dev " + device + (v6 ? " nodad" : "");
    }
  }

  /** Takes an address from the host. */
  record RemoveAddress(InterfaceName device, Prefix address) implements Change {
    @Override
    public String command() {
      return "ip addr del " + address + " dev " + device;
    }
  }

  /** Takes a step in a switch that is a program. */
  record OnSwitch(SwitchStep step) implements Change {
    @Override
    public InterfaceName device() {
      return step.device();
    }

    @Override
    public String command() {
      return step.command();
    }
  }
}
