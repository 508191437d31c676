package io.vxland.config;

import io.vxland.config.Configuration.Libvirt;
import io.vxland.config.Configuration.Ovs;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The keys that count only when the daemon starts: it holds a connection that was opened with them.
 * This is the one list of them; all other keys count from a reload on.
 */
public final class StartOnly {
  static final Map<Key, Function<Configuration, Object>> KEYS =
      new EnumMap<>(
          Map.of(
              Key.URI, configuration -> configuration.libvirt().uri(),
              Key.OVS_DATABASE, configuration -> configuration.ovs().database()));

  private StartOnly() {}

  /**
   * The keys in which a fresh configuration differs from the one that the daemon was started with.
   *
   * @return such as {@code [ovs] database}, in the order of the manual
   */
  public static List<String> differences(Configuration started, Configuration fresh) {
    return KEYS.entrySet().stream()
        .filter(each -> !each.getValue().apply(started).equals(each.getValue().apply(fresh)))
        .map(each -> "[" + each.getKey().kind().title() + "] " + each.getKey().text())
        .toList();
  }

  /** What is in force after a reload: a fresh configuration with those keys as at the start. */
  public static Configuration inForce(Configuration started, Configuration fresh) {
    return new Configuration(
        fresh.host(),
        fresh.control(),
        fresh.etcd(),
        fresh.evpn(),
        new Libvirt(started.libvirt().uri()),
        new Ovs(started.ovs().database(), fresh.ovs().datapath()),
        fresh.networks());
  }
}
