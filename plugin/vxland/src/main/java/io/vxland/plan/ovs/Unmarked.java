package io.vxland.plan.ovs;

import io.vxland.model.InterfaceName;
import io.vxland.plan.ovs.ActualSwitches.ActualPort;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Ports of one of our bridges that do not bear our mark, and lead where a tunnel of ours should:
 * somebody has made them, or has taken the mark from ours.
 */
final class Unmarked {
  private final SortedMap<InterfaceName, ActualPort> ports;
  private final SortedMap<Tunnel.Key, InterfaceName> twins = new TreeMap<>();

  Unmarked(Switch wanted, Map<InterfaceName, ActualPort> ports) {
    this.ports = new TreeMap<>(ports);
    wanted.tunnels().forEach((key, tunnel) -> twin(tunnel).ifPresent(name -> twins.put(key, name)));
  }

  /** The exact one comes first. */
  private Optional<InterfaceName> twin(Tunnel tunnel) {
    Optional<InterfaceName> exact =
        ports.keySet().stream().filter(name -> isExact(name, tunnel)).findFirst();
    return exact.isPresent()
        ? exact
        : ports.keySet().stream().filter(name -> leadsThere(ports.get(name), tunnel)).findFirst();
  }

  /** By the tunnels that should be, those ports which stand in their place. */
  SortedMap<Tunnel.Key, InterfaceName> twins() {
    return twins;
  }

  /** Whether it is, but for the mark, the tunnel that should be. */
  boolean isExact(InterfaceName name, Tunnel tunnel) {
    ActualPort port = ports.get(name);
    return port.owner().isEmpty() && tunnel.is(port);
  }

  private static boolean leadsThere(ActualPort port, Tunnel tunnel) {
    return port.owner().isEmpty()
        && port.type().equals(tunnel.type().toString())
        && has(port, tunnel, "remote_ip")
        && has(port, tunnel, "key");
  }

  private static boolean has(ActualPort port, Tunnel tunnel, String option) {
    String value = port.options().get(option);
    return value != null && value.equals(tunnel.options().get(option));
  }

  /** What an administrator can do about one that is not exact. */
  static String advice(InterfaceName bridge, InterfaceName name, Tunnel tunnel) {
    return "port "
        + name
        + " of bridge "
        + bridge
        + " is a tunnel to "
        + tunnel.options().get("remote_ip")
        + " with the key "
        + tunnel.options().get("key")
        + ", but vxland did not make it: a second one would deliver every frame twice; delete it"
        + " with: ovs-vsctl del-port "
        + bridge
        + " "
        + name;
  }
}
