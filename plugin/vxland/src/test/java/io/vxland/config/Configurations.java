package io.vxland.config;

import io.vxland.model.UdpPort;
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
        new Configuration.Host(Optional.empty(), UdpPort.VXLAN, true),
        new Configuration.Control(Configuration.Control.Mode.STATIC, List.of(peers)),
        Optional.empty(),
        Optional.empty(),
        new Configuration.Libvirt("qemu:///system"),
        Configuration.Ovs.DEFAULTS,
        new TreeMap<>());
  }
}
