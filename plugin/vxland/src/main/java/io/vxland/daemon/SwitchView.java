package io.vxland.daemon;

import io.vxland.api.FdbEntry;
import io.vxland.api.NetworkDetails;
import io.vxland.api.NetworkDetails.OnSwitch;
import io.vxland.dataplane.DataplaneException;
import io.vxland.model.InterfaceName;
import io.vxland.model.IpAddress;
import io.vxland.model.Network;
import io.vxland.model.NetworkName;
import io.vxland.model.VlanTag;
import io.vxland.model.Vni;
import io.vxland.plan.ovs.ActualSwitches;
import io.vxland.plan.ovs.ActualSwitches.ActualPort;
import io.vxland.plan.ovs.ActualSwitches.ActualSwitch;
import io.vxland.plan.ovs.DesiredSwitches;
import io.vxland.plan.ovs.Learned;
import io.vxland.plan.ovs.Places;
import io.vxland.plan.ovs.Switch;
import io.vxland.plan.ovs.SwitchOwnership.Owner;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BiPredicate;

/** What the API shows of Open vSwitch. */
final class SwitchView {
  private static final ActualSwitch ABSENT =
      new ActualSwitch(false, "", OptionalInt.empty(), Map.of());

  private SwitchView() {}

  /** What a network has there, its tunnels in the order of their hosts. */
  static OnSwitch of(Network network, DesiredSwitches desired, ActualSwitches actual) {
    List<NetworkDetails.Tunnel> tunnels = new ArrayList<>();
    Vni vni = network.vni();
    for (Switch each : desired.of(vni).stream().toList()) {
      boolean standing = network.name().equals(each.networks().get(vni));
      for (IpAddress peer : standing ? each.peers(vni) : List.<IpAddress>of()) {
        tunnels.add(tunnel(network, peer, Optional.ofNullable(actual.switches().get(each.name()))));
      }
    }
    return new OnSwitch(
        network.options().ovs().datapath().toString(),
        network.tag().map(VlanTag::id).orElse(0),
        tunnels);
  }

  private static NetworkDetails.Tunnel tunnel(
      Network network, IpAddress peer, Optional<ActualSwitch> there) {
    String type = network.options().ovs().tunnel().toString();
    for (Map.Entry<InterfaceName, ActualPort> port :
        there.map(ActualSwitch::ports).orElse(Map.of()).entrySet()) {
      ActualPort found = port.getValue();
      boolean own = found.owner().equals(Optional.of(Owner.of(network.vni())));
      if (found.owner().equals(Optional.of(Owner.ALL))
          || (own && peer.toString().equals(found.options().get("remote_ip")))) {
        return new NetworkDetails.Tunnel(
            port.getKey().value(), peer.toString(), type, found.bfdState(), found.error());
      }
    }
    return new NetworkDetails.Tunnel("", peer.toString(), type, "", "");
  }

  /**
   * Where frames go.
   *
   * @param local this host
   * @param asked which networks
   * @param sources who says where machines are
   * @throws DataplaneException if Open vSwitch cannot be asked
   */
  static List<FdbEntry> fdb(
      DesiredSwitches desired,
      Pass pass,
      String local,
      BiPredicate<NetworkName, Vni> asked,
      Sources sources)
      throws DataplaneException {
    List<FdbEntry> all = new ArrayList<>();
    for (Switch each : desired.switches().values()) {
      List<Vni> vnis =
          each.networks().entrySet().stream()
              .filter(network -> asked.test(network.getValue(), network.getKey()))
              .map(Map.Entry::getKey)
              .toList();
      if (vnis.isEmpty()) {
        continue;
      }
      ActualSwitches actual = pass.onSwitches();
      if (actual.missing().isPresent()) {
        throw new DataplaneException(
            "bridge "
                + each.name()
                + ": "
                + actual.missing().get()
                + "; other networks: vxctl fdb --network NAME");
      }
      ActualSwitch there = actual.switches().getOrDefault(each.name(), ABSENT);
      List<Learned> learned = there.ours() ? pass.learned(each.name()) : List.of();
      for (Vni vni : vnis) {
        all.addAll(
            FdbView.of(
                each.networks().get(vni),
                vni,
                local,
                Places.of(each, vni, there, learned),
                sources));
      }
    }
    return all;
  }
}
