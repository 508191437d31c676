package io.vxland.dataplane.ovs;

import io.vxland.model.InterfaceName;
import io.vxland.model.VlanTag;
import io.vxland.ovsdb.Atom;
import io.vxland.ovsdb.Condition;
import io.vxland.ovsdb.MapValue;
import io.vxland.ovsdb.Mutation;
import io.vxland.ovsdb.Operation;
import io.vxland.ovsdb.OvsdbException;
import io.vxland.ovsdb.Results;
import io.vxland.ovsdb.Row;
import io.vxland.ovsdb.SetValue;
import io.vxland.ovsdb.Value;
import io.vxland.plan.ovs.SwitchChange;
import io.vxland.plan.ovs.SwitchOwnership;
import io.vxland.plan.ovs.Tunnel;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** The planner's changes as operations of one transaction each. */
final class SwitchWriter {
  private static final String ROOT = "Open_vSwitch";

  private SwitchWriter() {}

  /** Asks for the row that a removal takes away; empty for a change that needs none. */
  static Optional<Operation> lookup(SwitchChange change) {
    if (change instanceof SwitchChange.RemoveTunnel remove) {
      return Optional.of(find("Port", remove.device()));
    } else if (change instanceof SwitchChange.RemoveBridge remove) {
      return Optional.of(find("Bridge", remove.bridge()));
    }
    return Optional.empty();
  }

  private static Operation find(String table, InterfaceName name) {
    return new Operation.Select(table, List.of(named(name)), List.of("_uuid"));
  }

  /**
   * The operations of a change.
   *
   * @param found the answer to {@link #lookup}; empty where there is none
   * @throws OvsdbException if what is to be removed is not there
   */
  static List<Operation> operations(SwitchChange change, Optional<Results> found)
      throws OvsdbException {
    if (change instanceof SwitchChange.AddBridge add) {
      return addBridge(add);
    } else if (change instanceof SwitchChange.SetDatapath set) {
      return List.of(
          update(
              "Bridge", set.bridge(), Row.EMPTY.with("datapath_type", set.datapath().toString())));
    } else if (change instanceof SwitchChange.SetSwitchMtu set) {
      return List.of(
          update(
              "Interface",
              set.bridge(),
              Row.EMPTY.with("mtu_request", Atom.of((long) set.mtu().bytes()))));
    } else if (change instanceof SwitchChange.AddTunnel add) {
      return addTunnel(add);
    } else if (change instanceof SwitchChange.PlugTap plug) {
      return plugTap(plug);
    } else if (change instanceof SwitchChange.SetTunnel set) {
      return List.of(
          update("Port", set.device(), port(set.tunnel())),
          update("Interface", set.device(), device(set.tunnel())));
    } else if (change instanceof SwitchChange.RemoveTunnel remove) {
      return List.of(
          new Operation.Mutate(
              "Bridge",
              List.of(named(remove.bridge())),
              List.of(Mutation.delete("ports", Atom.of(uuid(change, found))))));
    }
    return List.of(
        new Operation.Mutate(
            ROOT, List.of(), List.of(Mutation.delete("bridges", Atom.of(uuid(change, found))))));
  }

  private static UUID uuid(SwitchChange change, Optional<Results> found) throws OvsdbException {
    List<Row> rows = found.map(results -> results.rows(0)).orElse(List.of());
    if (rows.isEmpty()) {
      throw new OvsdbException("remove " + change.device(), "it is not there");
    }
    return rows.get(0).uuid("_uuid");
  }

  private static List<Operation> addBridge(SwitchChange.AddBridge add) {
    String name = add.bridge().value();
    Row device = Row.EMPTY.with("name", name).with("type", "internal");
    Row port = Row.EMPTY.with("name", name).with("interfaces", new Atom.Named("own_interface"));
    Row bridge =
        Row.EMPTY
            .with("name", name)
            .with("datapath_type", add.datapath().toString())
            .with("external_ids", MapValue.of(Map.of(SwitchOwnership.KEY, SwitchOwnership.BRIDGE)))
            .with("ports", new Atom.Named("own_port"));
    return List.of(
        new Operation.Insert("Interface", device, Optional.of("own_interface")),
        new Operation.Insert("Port", port, Optional.of("own_port")),
        new Operation.Insert("Bridge", bridge, Optional.of("own_bridge")),
        new Operation.Mutate(
            ROOT, List.of(), List.of(Mutation.insert("bridges", new Atom.Named("own_bridge")))));
  }

  private static List<Operation> addTunnel(SwitchChange.AddTunnel add) {
    return addPort(add, device(add.tunnel()), port(add.tunnel()));
  }

  private static List<Operation> plugTap(SwitchChange.PlugTap plug) {
    Map<String, String> marks =
        Map.of(
            "attached-mac",
            plug.mac().toString(),
            "vm-id",
            plug.domain().toString(),
            "iface-status",
            "active");
    return addPort(
        plug,
        Row.EMPTY.with("external_ids", MapValue.of(marks)),
        Row.EMPTY.with("tag", tag(plug.tag())));
  }

  private static List<Operation> addPort(SwitchChange change, Row device, Row port) {
    String name = change.device().value();
    return List.of(
        new Operation.Insert("Interface", device.with("name", name), Optional.of("its_interface")),
        new Operation.Insert(
            "Port",
            port.with("name", name).with("interfaces", new Atom.Named("its_interface")),
            Optional.of("its_port")),
        new Operation.Mutate(
            "Bridge",
            List.of(named(change.bridge())),
            List.of(Mutation.insert("ports", new Atom.Named("its_port")))));
  }

  private static Value tag(Optional<VlanTag> tag) {
    return tag.isPresent() ? Atom.of((long) tag.get().id()) : SetValue.EMPTY;
  }

  private static Row port(Tunnel tunnel) {
    return Row.EMPTY
        .with("protected", Atom.of(tunnel.isProtected()))
        .with("tag", tag(tunnel.tag()))
        .with("external_ids", MapValue.of(Map.of(SwitchOwnership.KEY, tunnel.owner().mark())));
  }

  private static Row device(Tunnel tunnel) {
    return Row.EMPTY
        .with("type", tunnel.type().toString())
        .with("options", MapValue.of(tunnel.options()))
        .with("bfd", MapValue.of(tunnel.bfd() ? Map.of("enable", "true") : Map.of()));
  }

  private static Operation update(String table, InterfaceName name, Row row) {
    return new Operation.Update(table, List.of(named(name)), row);
  }

  private static Condition named(InterfaceName name) {
    return Condition.equal("name", name.value());
  }
}
