package io.vxland.tests.ovsdb;

import io.vxland.ovsdb.Atom;
import io.vxland.ovsdb.Condition;
import io.vxland.ovsdb.MapValue;
import io.vxland.ovsdb.Mutation;
import io.vxland.ovsdb.Operation;
import io.vxland.ovsdb.Row;
import io.vxland.ovsdb.SetValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Changes as vxland makes them: a bridge, and tunnel ports on it. */
final class Changes {
  private Changes() {}

  static List<Operation> bridge(String name) {
    return List.of(
        new Operation.Insert(
            "Interface",
            Row.EMPTY.with("name", name).with("type", "internal"),
            Optional.of("interface0")),
        new Operation.Insert(
            "Port",
            Row.EMPTY.with("name", name).with("interfaces", new Atom.Named("interface0")),
            Optional.of("port0")),
        new Operation.Insert(
            "Bridge",
            Row.EMPTY
                .with("name", name)
                .with("datapath_type", "netdev")
                .with("ports", new Atom.Named("port0"))
                .with("external_ids", MapValue.of(Map.of("vxland", "bridge"))),
            Optional.of("bridge0")),
        new Operation.Mutate(
            "Open_vSwitch",
            List.of(),
            List.of(Mutation.insert("bridges", SetValue.of(new Atom.Named("bridge0"))))));
  }

  /** Tunnel ports of numbers from {@code first} on. */
  static List<Operation> tunnels(String bridge, int first, int count) {
    List<Operation> operations = new ArrayList<>();
    List<Atom> ports = new ArrayList<>();
    for (int i = first; i < first + count; i++) {
      operations.add(
          new Operation.Insert(
              "Interface",
              Row.EMPTY
                  .with("name", "tun-vxlan" + i)
                  .with("type", "vxlan")
                  .with(
                      "options",
                      MapValue.of(
                          Map.of(
                              "remote_ip",
                              "10.99." + i / 256 + "." + i % 256,
                              "key",
                              String.valueOf(5000 + i)))),
              Optional.of("interface" + i)));
      operations.add(
          new Operation.Insert(
              "Port",
              Row.EMPTY
                  .with("name", "tun-vxlan" + i)
                  .with("interfaces", new Atom.Named("interface" + i))
                  .with("protected", Atom.of(true)),
              Optional.of("port" + i)));
      ports.add(new Atom.Named("port" + i));
    }
    operations.add(
        new Operation.Mutate(
            "Bridge",
            List.of(Condition.equal("name", bridge)),
            List.of(Mutation.insert("ports", SetValue.of(ports.toArray(Atom[]::new))))));
    return operations;
  }

  static Operation removal(String bridge, UUID port) {
    return new Operation.Mutate(
        "Bridge",
        List.of(Condition.equal("name", bridge)),
        List.of(Mutation.delete("ports", SetValue.ofUuids(List.of(port)))));
  }
}
