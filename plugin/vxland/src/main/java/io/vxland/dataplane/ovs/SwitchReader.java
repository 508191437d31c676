package io.vxland.dataplane.ovs;

import io.vxland.model.InterfaceName;
import io.vxland.model.InvalidValueException;
import io.vxland.model.MacAddress;
import io.vxland.model.VlanTag;
import io.vxland.ovsdb.Operation;
import io.vxland.ovsdb.OvsdbException;
import io.vxland.ovsdb.Results;
import io.vxland.ovsdb.Row;
import io.vxland.ovsdb.Watch;
import io.vxland.plan.ovs.ActualSwitches;
import io.vxland.plan.ovs.ActualSwitches.ActualPort;
import io.vxland.plan.ovs.ActualSwitches.ActualSwitch;
import io.vxland.plan.ovs.SwitchOwnership;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

/** Reads tables Bridge, Port and Interface of Open vSwitch, all at one moment. */
final class SwitchReader {
  /** What is read, and what is news when it changes. */
  static final List<Watch> COLUMNS =
      List.of(
          Watch.of("Bridge", "name", "datapath_type", "external_ids", "ports"),
          Watch.of("Port", "name", "interfaces", "external_ids", "protected", "tag"),
          Watch.of(
              "Interface",
              "name",
              "type",
              "options",
              "bfd",
              "bfd_status",
              "mtu_request",
              "error",
              "ofport",
              "external_ids"));

  /** One transaction, so that all of it is of one moment. */
  static final List<Operation> QUERY = COLUMNS.stream().map(SwitchReader::select).toList();

  /** The last number that a port can have in a flow. */
  private static final long LAST_PORT = 0xfeff;

  private final Map<UUID, Row> ports;
  private final Map<UUID, Row> interfaces;
  private final List<Row> bridges;

  private SwitchReader(Results results) throws OvsdbException {
    bridges = results.rows(0);
    ports = byUuid(results.rows(1));
    interfaces = byUuid(results.rows(2));
  }

  private static Operation select(Watch watch) {
    List<String> columns = new ArrayList<>(watch.columns());
    columns.add("_uuid");
    return new Operation.Select(watch.table(), List.of(), columns);
  }

  /** What the answer to {@link #QUERY} says. */
  static ActualSwitches read(Results results) throws OvsdbException {
    return new SwitchReader(results).switches();
  }

  private static Map<UUID, Row> byUuid(List<Row> rows) throws OvsdbException {
    Map<UUID, Row> map = new HashMap<>();
    for (Row row : rows) {
      map.put(row.uuid("_uuid"), row);
    }
    return map;
  }

  private ActualSwitches switches() throws OvsdbException {
    Map<InterfaceName, ActualSwitch> switches = new HashMap<>();
    for (Row bridge : bridges) {
      Optional<InterfaceName> name = name(bridge);
      if (name.isPresent()) {
        switches.put(name.get(), bridge(name.get(), bridge));
      }
    }
    return new ActualSwitches(Optional.empty(), switches);
  }

  private ActualSwitch bridge(InterfaceName name, Row bridge) throws OvsdbException {
    Map<InterfaceName, ActualPort> found = new HashMap<>();
    OptionalInt mtu = OptionalInt.empty();
    for (UUID uuid : bridge.uuids("ports")) {
      Row port = ports.get(uuid);
      Optional<Row> device = port == null ? Optional.empty() : device(port);
      Optional<InterfaceName> portName = port == null ? Optional.empty() : name(port);
      if (device.isEmpty() || portName.isEmpty()) {
        continue;
      }
      if (portName.get().equals(name)) {
        Optional<Long> asked = device.get().optionalInteger("mtu_request");
        mtu = asked.isPresent() ? OptionalInt.of(asked.get().intValue()) : OptionalInt.empty();
      } else {
        found.put(portName.get(), port(port, device.get()));
      }
    }
    return new ActualSwitch(
        SwitchOwnership.BRIDGE.equals(bridge.textMap("external_ids").get(SwitchOwnership.KEY)),
        bridge.text("datapath_type"),
        mtu,
        found);
  }

  private Optional<Row> device(Row port) throws OvsdbException {
    return port.uuids("interfaces").stream()
        .map(interfaces::get)
        .filter(Objects::nonNull)
        .findFirst();
  }

  private static ActualPort port(Row port, Row device) throws OvsdbException {
    Optional<SwitchOwnership.Owner> owner =
        Optional.ofNullable(port.textMap("external_ids").get(SwitchOwnership.KEY))
            .flatMap(SwitchOwnership::ownerOf);
    Optional<Long> tag = port.optionalInteger("tag");
    return new ActualPort(
        owner,
        device.text("type"),
        device.textMap("options"),
        port.bool("protected"),
        tag.filter(id -> id > 0).map(id -> new VlanTag(id.intValue())),
        "true".equals(device.textMap("bfd").get("enable")),
        device.optionalText("error").orElse(""),
        device
            .optionalInteger("ofport")
            .filter(number -> number > 0 && number <= LAST_PORT)
            .map(number -> new io.vxland.openflow.Port(number.intValue())),
        attached(device),
        device.textMap("bfd_status").getOrDefault("state", ""));
  }

  private static Optional<MacAddress> attached(Row device) throws OvsdbException {
    String mac = device.textMap("external_ids").get("attached-mac");
    try {
      return Optional.ofNullable(mac).map(MacAddress::parse);
    } catch (InvalidValueException notLibvirts) {
      return Optional.empty();
    }
  }

  /** Of a name that no device of Linux can have, nothing is ours. */
  private static Optional<InterfaceName> name(Row row) throws OvsdbException {
    try {
      return Optional.of(new InterfaceName(row.text("name")));
    } catch (InvalidValueException notOurs) {
      return Optional.empty();
    }
  }
}
