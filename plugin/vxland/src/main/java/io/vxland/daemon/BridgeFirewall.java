package io.vxland.daemon;

import io.vxland.dataplane.DataplaneException;
import io.vxland.dataplane.nft.ForwardChains;
import io.vxland.model.InterfaceName;
import io.vxland.model.IpAddress;
import io.vxland.model.NetworkName;
import io.vxland.plan.BridgeNetfilter;
import io.vxland.plan.BridgeNetfilter.Call;
import io.vxland.plan.ForwardChain;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.Supplier;

/**
 * Checks whether the host's firewall drops what is forwarded in bridges (br_netfilter,
 * Documentation/networking/bridge.rst). Only where a bridge hands packets to it is nft asked.
 */
final class BridgeFirewall implements Supplier<Findings> {
  private final Path sysctls;
  private final Path devices;
  private final Chains chains;
  private final Supplier<SortedMap<InterfaceName, NetworkName>> networks;

  /** Reads what the firewall does. */
  interface Chains {
    /**
     * What each chain does to the packets of each bridge.
     *
     * @throws DataplaneException if it cannot be read
     */
    List<ForwardChain> read(Collection<InterfaceName> bridges) throws DataplaneException;
  }

  /**
   * Creates it.
   *
   * @param sysctls /proc/sys
   * @param devices /sys/class/net
   * @param networks the networks of this host by Linux bridge
   */
  BridgeFirewall(
      Path sysctls,
      Path devices,
      Chains chains,
      Supplier<SortedMap<InterfaceName, NetworkName>> networks) {
    this.sysctls = sysctls;
    this.devices = devices;
    this.chains = chains;
    this.networks = networks;
  }

  /** In the network namespace of this process. */
  static BridgeFirewall here(
      ForwardChains chains, Supplier<SortedMap<InterfaceName, NetworkName>> networks) {
    return new BridgeFirewall(
        Path.of("/proc/sys"), Path.of("/sys/class/net"), chains::read, networks);
  }

  @Override
  public Findings get() {
    Map<InterfaceName, NetworkName> byBridge = networks.get();
    List<Call> calls = calls(byBridge.keySet());
    if (calls.isEmpty()) {
      return Findings.NONE;
    }
    try {
      List<InterfaceName> bridges = calls.stream().map(Call::bridge).distinct().toList();
      BridgeNetfilter found = BridgeNetfilter.of(byBridge, calls, chains.read(bridges));
      return new Findings(found.problems(), found.warnings(), found.cut());
    } catch (DataplaneException unknown) {
      return Findings.warning(
          "bridge netfilter",
          "bridges hand packets to the host's firewall (net.bridge.bridge-nf-call-iptables), and"
              + " its rules cannot be read: "
              + unknown.getMessage()
              + "; check that they accept packets between VMs");
    }
  }

  private List<Call> calls(Collection<InterfaceName> bridges) {
    List<Call> calls = new ArrayList<>();
    // Without the module br_netfilter there is no such directory, and no packet is handed over.
    Path settings = sysctls.resolve("net/bridge");
    if (!bridges.isEmpty() && Files.isDirectory(settings)) {
      for (IpAddress.Family family : IpAddress.Family.values()) {
        String name = family == IpAddress.Family.V4 ? "iptables" : "ip6tables";
        boolean everywhere = isOn(settings.resolve("bridge-nf-call-" + name));
        for (InterfaceName bridge : bridges) {
          if (everywhere
              || isOn(devices.resolve(bridge.value()).resolve("bridge/nf_call_" + name))) {
            calls.add(new Call(bridge, family, everywhere));
          }
        }
      }
    }
    return calls;
  }

  private static boolean isOn(Path setting) {
    try {
      return !Files.readString(setting, StandardCharsets.US_ASCII).strip().equals("0");
    } catch (IOException absent) {
      return false;
    }
  }

  @Override
  public String toString() {
    return "bridge netfilter";
  }
}
