package io.vxland.config;

import io.vxland.model.HostAddress;
import io.vxland.model.UdpPort;
import io.vxland.model.VniRange;
import io.vxland.model.Vtep;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** Configurations for tests of what uses them. */
public final class Configurations {
  private Configurations() {}

  /** Of a host that has other hosts, and nothing else said. */
  public static Configuration withPeers(Vtep... peers) {
    return new Configuration(
        new Configuration.Host(new HostAddress.OfDefaultRoute(), UdpPort.VXLAN, Optional.empty()),
        new Configuration.Control(Configuration.Control.Mode.STATIC, List.of(peers)),
        Optional.empty(),
        Optional.empty(),
        new Configuration.Libvirt("qemu:///system"),
        Configuration.Ovs.DEFAULTS,
        new TreeMap<>());
  }

  /** The same, and networks without metadata are vxland's if their bridge is named after a VNI. */
  public static Configuration withPeersAndBridgeNames(VniRange names, Vtep... peers) {
    Configuration plain = withPeers(peers);
    return new Configuration(
        new Configuration.Host(plain.host().address(), plain.host().port(), Optional.of(names)),
        plain.control(),
        plain.etcd(),
        plain.evpn(),
        plain.libvirt(),
        plain.ovs(),
        plain.networks());
  }
}
