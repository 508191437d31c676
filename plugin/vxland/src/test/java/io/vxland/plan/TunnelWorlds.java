package io.vxland.plan;

import static io.vxland.plan.Worlds.SECOND;
import static io.vxland.plan.Worlds.THIRD;

import io.vxland.model.Flooding;
import io.vxland.model.Handover;
import io.vxland.model.InterfaceName;
import io.vxland.model.MacAddress;
import io.vxland.model.Network;
import io.vxland.model.OverlayOptions;
import io.vxland.model.OverlayOptions.Replication;
import io.vxland.model.SwitchOptions;
import io.vxland.model.UdpPort;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What the tests of migration tunnels have in common: network blue, its cards and its peers. */
final class TunnelWorlds {
  static final Vni BLUE = new Vni(5001);
  static final Vni TUNNEL_VNI = new Vni(16_772_214);
  static final InterfaceName BRIDGE = new InterfaceName("br5001");
  static final InterfaceName VXLAN = new InterfaceName("vxlan5001");
  static final InterfaceName TUNNEL = new InterfaceName("vxmig5001");
  static final InterfaceName OUTLET = new InterfaceName("vxout5001");
  static final InterfaceName TAP = new InterfaceName("vnet0");
  static final MacAddress CARD = MacAddress.parse("52:54:00:00:00:01");
  static final MacAddress OTHER = MacAddress.parse("52:54:00:00:00:02");
  static final Handover READY = new Handover.Ready(BLUE, CARD);
  static final Handover REDIRECT = new Handover.Redirect(BLUE, CARD, Optional.empty());
  static final Handover INCOMING = new Handover.Delivery(BLUE, CARD, TAP, false);
  static final Handover ARRIVED = new Handover.Delivery(BLUE, CARD, TAP, true);

  private TunnelWorlds() {}

  static Inputs inputs(Set<Network> networks, List<Vtep> peers, Handover... handovers) {
    return Worlds.inputs(
        networks, Set.of(), Worlds.knowledge(networks, peers, Map.of()), Set.of(handovers));
  }

  static Inputs blue(Handover... handovers) {
    return inputs(Set.of(Worlds.network("blue", 5001)), List.of(SECOND, THIRD), handovers);
  }

  static Network network(Flooding flood, Replication replication, boolean suppress) {
    OverlayOptions defaults = OverlayOptions.DEFAULTS;
    return Worlds.network(
        "blue",
        5001,
        new OverlayOptions(
            new UdpPort(8472),
            defaults.mtu(),
            true,
            defaults.ageing(),
            false,
            suppress,
            flood,
            defaults.ttl(),
            replication,
            List.of(),
            List.of(),
            SwitchOptions.DEFAULTS));
  }

  static Optional<MigrationTunnel> tunnel(Inputs inputs) {
    return Desire.of(inputs).segments().get(BLUE).tunnel();
  }
}
