package io.vxland.tests.ovs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.vxland.tests.networks.Endpoint;
import io.vxland.tests.networks.Host;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One host of a lab, read back with the tools of Open vSwitch.
 *
 * @param host all else about it
 */
record OvsHost(Host host) {
  private static final List<String> TABLES =
      List.of("Open_vSwitch", "Bridge", "Port", "Interface", "Manager", "Controller");

  /** {@code ovs-vsctl ARGUMENT...}, which must succeed. */
  String vsctl(String... arguments) {
    List<String> command = new ArrayList<>(List.of("ovs-vsctl", "--timeout=20"));
    command.addAll(List.of(arguments));
    return host.run(command.toArray(String[]::new)).must().strip();
  }

  /** A column of a row, in ovs-vsctl's words. */
  String get(String table, String row, String column) {
    return vsctl("get", table, row, column);
  }

  /** The tunnel ports of a bridge to other hosts, each with its options. */
  Map<String, String> tunnels(String bridge) {
    Map<String, String> tunnels = new TreeMap<>();
    for (String port : vsctl("list-ports", bridge).lines().toList()) {
      if (port.startsWith("tun-") && !port.startsWith("tun-mig")) {
        tunnels.put(port, get("Interface", port, "options"));
      }
    }
    return tunnels;
  }

  /** The flows of ours on a bridge, as ovs-ofctl prints them without counters. */
  List<String> flows(String bridge) {
    return host.run(
            "ovs-ofctl",
            "-O",
            "OpenFlow14",
            "--no-stats",
            "dump-flows",
            bridge,
            "cookie=0x76786c616e64/-1")
        .must()
        .lines()
        .map(String::strip)
        .sorted()
        .toList();
  }

  /** By which number flows know a port. */
  String number(String port) {
    return get("Interface", port, "ofport");
  }

  /** {@code ovs-vsctl show} and the flows of all bridges, without counters; in no order. */
  List<String> shown() {
    List<String> lines = new ArrayList<>(vsctl("show").lines().toList());
    for (String bridge : vsctl("list-br").lines().toList()) {
      lines.addAll(
          host.run("ovs-ofctl", "--no-stats", "dump-flows", bridge).must().lines().toList());
    }
    return lines.stream().sorted().toList();
  }

  /**
   * All that ovsdb-server has, but for statistics. Every change of ours raises {@code next_cfg}.
   */
  Map<String, Map<String, JsonNode>> database() {
    Map<String, Map<String, JsonNode>> database = new TreeMap<>();
    for (String table : TABLES) {
      JsonNode dump = host.json("ovsdb-client", "dump", "--format=json", "Open_vSwitch", table);
      for (JsonNode row : dump.get("data")) {
        Map<String, JsonNode> columns = new TreeMap<>();
        for (int i = 0; i < row.size(); i++) {
          columns.put(dump.get("headings").get(i).asText(), row.get(i));
        }
        columns.remove("statistics");
        database.put(table + " " + columns.get("_uuid"), columns);
      }
    }
    return database;
  }

  /** The tap of a VM with one card, as libvirt tells it. */
  String tapOf(String domain) {
    String tap = host.sh("virsh -q domiflist " + domain + " | awk '{ print $1 }'").strip();
    assertThat(tap).startsWith("vnet");
    return tap;
  }

  Endpoint plug(String name, String bridge, String address, String... options) {
    List<String> all =
        new ArrayList<>(List.of("--ovs-bridge", bridge, "--ip", address + "/24", "--mtu", "1450"));
    all.addAll(List.of(options));
    return Endpoint.plug(host, name, all.toArray(String[]::new));
  }

  /** Defines a network on Open vSwitch as an administrator does. */
  void define(String name, int vni, String... options) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "vxctl",
                "network",
                "define",
                name,
                "--template",
                "ovs-tun",
                "--vni",
                Integer.toString(vni)));
    command.addAll(List.of(options));
    host.run(command.toArray(String[]::new)).must();
  }

  boolean hasBridge(String name) {
    return host.run("ovs-vsctl", "--timeout=20", "br-exists", name).ok();
  }

  void awaitBridge(String name) {
    await(host + " has " + name).atMost(Host.SOON).until(() -> hasBridge(name));
  }

  void awaitNoBridge(String name) {
    await(host + " has no " + name).atMost(Host.SOON).until(() -> !hasBridge(name));
  }
}
