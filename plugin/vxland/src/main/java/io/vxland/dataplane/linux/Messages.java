package io.vxland.dataplane.linux;

import io.vxland.model.InterfaceName;
import io.vxland.model.IpAddress;
import io.vxland.model.MacAddress;
import io.vxland.model.Network;
import io.vxland.model.Prefix;
import io.vxland.model.Vni;
import io.vxland.netlink4j.model.AddrGenMode;
import io.vxland.netlink4j.model.Bridge;
import io.vxland.netlink4j.model.BridgePort;
import io.vxland.netlink4j.model.BridgePortSpec;
import io.vxland.netlink4j.model.Change;
import io.vxland.netlink4j.model.EntryState;
import io.vxland.netlink4j.model.FdbEntry;
import io.vxland.netlink4j.model.InterfaceAddress;
import io.vxland.netlink4j.model.LinkSpec;
import io.vxland.netlink4j.model.Macvlan;
import io.vxland.netlink4j.model.Neighbour;
import io.vxland.netlink4j.model.Vxlan;
import io.vxland.plan.ActualState.Destination;
import io.vxland.plan.BridgeSpec;
import io.vxland.plan.OutletSpec;
import io.vxland.plan.Ownership;
import io.vxland.plan.Segment;
import io.vxland.plan.VxlanSpec;
import java.util.function.ToIntFunction;

/** The planner's changes as netlink messages. */
final class Messages {
  private Messages() {}

  static LinkSpec bridge(BridgeSpec spec, Vni vni) {
    return LinkSpec.named(spec.name().value())
        .details(limited(plain().with(Bridge.FORWARD_DELAY, 0L), spec.mostLearned()))
        .address(Values.netlink(spec.mac()))
        .mtu(spec.mtu().bytes())
        .alias(Ownership.alias(vni))
        .addrGenMode(AddrGenMode.NONE);
  }

  private static Bridge plain() {
    return Bridge.plain()
        .with(Bridge.STP_STATE, 0L)
        .with(Bridge.MCAST_SNOOPING, false)
        .with(Bridge.SWITCHES, Bridge.on(Bridge.NO_LINK_LOCAL_LEARNING));
  }

  private static Bridge limited(Bridge bridge, int mostLearned) {
    return bridge.with(Bridge.FDB_MAX_LEARNED, (long) mostLearned);
  }

  /** A VXLAN device that is to be made. */
  static LinkSpec vxlan(VxlanSpec spec, Vni network, ToIntFunction<InterfaceName> indexes) {
    Vxlan vxlan = changeable(Vxlan.of(spec.vni().value()), spec);
    vxlan = vxlan.with(Vxlan.PORT, spec.port().value()).with(Vxlan.PROXY, spec.proxy());
    vxlan =
        vxlan
            .with(Vxlan.UDP_CSUM, spec.checksums().sent())
            .with(Vxlan.UDP_ZERO_CSUM6_TX, spec.checksums().zero6().sends())
            .with(Vxlan.UDP_ZERO_CSUM6_RX, spec.checksums().zero6().accepts());
    if (spec.marks()) {
      vxlan = vxlan.with(Vxlan.GBP, true);
    }
    if (spec.mostEntries() > 0) {
      vxlan = vxlan.with(Vxlan.LIMIT, (long) spec.mostEntries());
    }
    if (spec.link().isPresent()) {
      vxlan = vxlan.with(Vxlan.LINK, indexes.applyAsInt(spec.link().get()));
    }
    return LinkSpec.named(spec.name().value())
        .details(vxlan)
        .address(Values.netlink(spec.mac()))
        .mtu(spec.mtu().bytes())
        .alias(Ownership.alias(network))
        .addrGenMode(AddrGenMode.NONE);
  }

  /** A send-only port: see {@link OutletSpec}. */
  static LinkSpec outlet(OutletSpec spec, Vni network, ToIntFunction<InterfaceName> indexes) {
    return LinkSpec.named(spec.name().value())
        .link(indexes.applyAsInt(spec.below()))
        .details(Macvlan.of(Macvlan.SOURCE))
        .address(Values.netlink(spec.mac()))
        .mtu(spec.mtu().bytes())
        .alias(Ownership.alias(network))
        .addrGenMode(AddrGenMode.NONE);
  }

  private static Vxlan changeable(Vxlan vxlan, VxlanSpec spec) {
    Vxlan more =
        vxlan
            .local(Values.netlink(spec.local().address()))
            .with(Vxlan.LEARNING, spec.learning())
            .with(Vxlan.TTL, spec.ttl().orElse(0))
            .with(Vxlan.AGEING, (long) spec.ageing().orElse(Network.KERNEL_AGEING));
    return spec.destination().isPresent()
        ? more.remote(Values.netlink(spec.destination().get()))
        : more;
  }

  /** The message of a change to a device that is there. */
  static Change of(io.vxland.plan.Change change, ToIntFunction<InterfaceName> indexes) {
    int index = indexes.applyAsInt(change.device());
    if (change instanceof io.vxland.plan.Change.AddReplica add) {
      return Change.append(entry(index, MacAddress.ZERO, Destination.of(add.peer())));
    } else if (change instanceof io.vxland.plan.Change.RemoveReplica remove) {
      return Change.delete(entry(index, MacAddress.ZERO, remove.peer()));
    } else if (change instanceof io.vxland.plan.Change.PlaceMac place) {
      return Change.replace(entry(index, place.mac(), Destination.of(place.peer())));
    } else if (change instanceof io.vxland.plan.Change.RemoveMac remove) {
      return Change.delete(entry(index, remove.mac(), remove.peer()));
    } else if (change instanceof io.vxland.plan.Change.PlaceBehindPort place) {
      return Change.replace(
          behind(index, place.mac())
              .withState(EntryState.REACHABLE)
              .withFlags(EntryState.MASTER | EntryState.EXT_LEARNED));
    } else if (change instanceof io.vxland.plan.Change.PlaceOnPort place) {
      return Change.replace(
          behind(index, place.mac()).withState(EntryState.REACHABLE).withFlags(EntryState.MASTER));
    } else if (change instanceof io.vxland.plan.Change.PinToPort pin) {
      return Change.replace(
          behind(index, pin.mac()).withFlags(EntryState.MASTER | EntryState.STICKY));
    } else if (change instanceof io.vxland.plan.Change.RemoveBehindPort remove) {
      return Change.delete(behind(index, remove.mac()));
    } else if (change instanceof io.vxland.plan.Change.SetNeighbour set) {
      return Change.replace(
          Neighbour.permanent(index, Values.netlink(set.address()), Values.netlink(set.mac()))
              .withProtocol(Ownership.PROTOCOL));
    } else if (change instanceof io.vxland.plan.Change.RemoveNeighbour remove) {
      return Change.delete(neighbour(index, remove.address()));
    } else if (change instanceof io.vxland.plan.Change.AddAddress add) {
      return Change.create(address(index, add.address()));
    } else if (change instanceof io.vxland.plan.Change.RemoveAddress remove) {
      return Change.delete(address(index, remove.address()));
    } else if (change instanceof io.vxland.plan.Change.SetPortFlags set) {
      return Change.change(new BridgePortSpec(index, port(set.flags())));
    }
    return Change.change(link(change, LinkSpec.index(index), indexes));
  }

  private static LinkSpec link(
      io.vxland.plan.Change change, LinkSpec spec, ToIntFunction<InterfaceName> indexes) {
    if (change instanceof io.vxland.plan.Change.ChangeVxlan set) {
      return spec.details(changeable(Vxlan.of(set.spec().vni().value()), set.spec()));
    } else if (change instanceof io.vxland.plan.Change.PlainBridge) {
      return spec.details(plain());
    } else if (change instanceof io.vxland.plan.Change.LimitLearning set) {
      return spec.details(limited(Bridge.plain(), set.macs()));
    } else if (change instanceof io.vxland.plan.Change.SetAlias set) {
      return spec.alias(Ownership.alias(set.vni()));
    } else if (change instanceof io.vxland.plan.Change.SetMtu set) {
      return spec.mtu(set.mtu().bytes());
    } else if (change instanceof io.vxland.plan.Change.SetMac set) {
      return spec.address(Values.netlink(set.mac()));
    } else if (change instanceof io.vxland.plan.Change.NoAddressGeneration) {
      return spec.addrGenMode(AddrGenMode.NONE);
    } else if (change instanceof io.vxland.plan.Change.SetMaster set) {
      return spec.master(indexes.applyAsInt(set.bridge()));
    } else if (change instanceof io.vxland.plan.Change.ClearMaster) {
      return spec.master(0);
    } else if (change instanceof io.vxland.plan.Change.SetUp) {
      return spec.up(true);
    } else if (change instanceof io.vxland.plan.Change.SetDown) {
      return spec.up(false);
    } else if (change instanceof io.vxland.plan.Change.SetQueueLength set) {
      return spec.txQueueLength(set.frames());
    }
    throw new IllegalArgumentException("not a change to a device: " + change);
  }

  private static BridgePort port(Segment.PortFlags flags) {
    return BridgePort.unchanged()
        .with(BridgePort.LEARNING, flags.learning())
        .with(BridgePort.NEIGH_SUPPRESS, flags.suppress())
        .with(BridgePort.UNICAST_FLOOD, flags.unknown())
        .with(BridgePort.MCAST_FLOOD, flags.flood())
        .with(BridgePort.BCAST_FLOOD, flags.flood());
  }

  /**
   * The state is our mark, see {@link Ownership}. NUD_REACHABLE is only there because the kernel
   * wants that or NUD_PERMANENT (vxlan_fdb_add); NUD_NOARP keeps it from ageing.
   */
  private static FdbEntry entry(int index, MacAddress mac, Destination destination) {
    return FdbEntry.remote(index, Values.netlink(mac), Values.netlink(destination.address()))
        .withState(EntryState.NOARP | EntryState.REACHABLE)
        .withPort(destination.port())
        .withVni(destination.vni());
  }

  private static FdbEntry behind(int index, MacAddress mac) {
    return FdbEntry.behindPort(index, Values.netlink(mac));
  }

  private static Neighbour neighbour(int index, IpAddress address) {
    return new Neighbour(index, Values.netlink(address), null, 0, 0, 0);
  }

  private static InterfaceAddress address(int index, Prefix prefix) {
    return InterfaceAddress.of(index, Values.netlink(prefix))
        .withFlags(prefix.address().family() == IpAddress.Family.V6 ? InterfaceAddress.NODAD : 0)
        .withProtocol(Ownership.PROTOCOL);
  }
}
