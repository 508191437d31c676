package io.vxland.plan.ovs;

import io.vxland.model.InterfaceName;
import io.vxland.model.IpAddress;
import io.vxland.model.NetworkName;
import io.vxland.model.VlanTag;
import io.vxland.model.Vni;
import io.vxland.plan.Change;
import io.vxland.plan.Plan;
import io.vxland.plan.Problem;
import io.vxland.plan.ovs.ActualSwitches.ActualPort;
import io.vxland.plan.ovs.ActualSwitches.ActualSwitch;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Compares what should be in Open vSwitch with what is there.
 *
 * <p>The order of a plan: ports that nobody wants are taken out of bridges; migration tunnels are
 * guarded; bridges are made, then their ports; flows are made, then those removed that nobody
 * wants; after the flows into them, migration tunnels go, and their guards last; bridges that
 * nobody wants are removed. A port that stays is changed in one transaction. Flows need ports that
 * stand: they come by a plan that finds them there.
 */
public final class SwitchPlanner {
  private final DesiredSwitches desired;
  private final ActualSwitches actual;
  private final boolean sweep;
  private final List<Change> removals = new ArrayList<>();
  private final List<Change> guards = new ArrayList<>();
  private final List<Change> additions = new ArrayList<>();
  private final List<Change> flows = new ArrayList<>();
  private final List<Change> endedFlows = new ArrayList<>();
  private final List<Change> endedTunnels = new ArrayList<>();
  private final List<Change> endedGuards = new ArrayList<>();
  private final List<Change> ends = new ArrayList<>();
  private final Set<Vni> blocked = new HashSet<>();
  private final List<Problem> problems;

  private SwitchPlanner(DesiredSwitches desired, ActualSwitches actual, boolean inventoryComplete) {
    this.desired = desired;
    this.actual = actual;
    this.sweep = desired.complete() && inventoryComplete;
    this.problems = new ArrayList<>(desired.problems());
  }

  /**
   * Makes the plan.
   *
   * @param inventoryComplete whether libvirt has told all its networks; until it and the control
   *     plane have, the plan takes nothing away
   */
  public static Plan plan(
      DesiredSwitches desired, ActualSwitches actual, boolean inventoryComplete) {
    return new SwitchPlanner(desired, actual, inventoryComplete).plan();
  }

  private Plan plan() {
    if (actual.missing().isPresent()) {
      missing(actual.missing().get());
      return new Plan(List.of(), problems, blocked, Set.of());
    }
    desired.switches().values().forEach(this::plan);
    desired.plugs().forEach(this::check);
    if (sweep) {
      sweep();
    }
    List<Change> changes = new ArrayList<>(removals);
    changes.addAll(guards);
    changes.addAll(additions);
    changes.addAll(flows);
    changes.addAll(endedFlows);
    changes.addAll(endedTunnels);
    changes.addAll(endedGuards);
    changes.addAll(ends);
    problems.sort(null);
    return new Plan(changes, problems, blocked, Set.of());
  }

  private void missing(String reason) {
    for (Switch each : desired.switches().values()) {
      for (Map.Entry<Vni, NetworkName> network : each.networks().entrySet()) {
        block(each, network.getKey(), reason);
      }
    }
  }

  private void block(Switch each, Vni vni, String reason) {
    blocked.add(vni);
    problems.add(new Problem("network '" + each.networks().get(vni) + "'", reason));
  }

  private void plan(Switch wanted) {
    ActualSwitch there = actual.switches().get(wanted.name());
    if (there == null) {
      add(new SwitchChange.AddBridge(wanted.name(), wanted.datapath()));
    } else if (!there.ours()) {
      wanted
          .networks()
          .keySet()
          .forEach(
              vni ->
                  block(
                      wanted,
                      vni,
                      "bridge "
                          + wanted.name()
                          + " exists and vxland did not make it; delete it, or hand it over with:"
                          + " ovs-vsctl br-set-external-id "
                          + wanted.name()
                          + " "
                          + SwitchOwnership.KEY
                          + " "
                          + SwitchOwnership.BRIDGE));
      return;
    } else if (!datapath(there).equals(wanted.datapath().toString())) {
      add(new SwitchChange.SetDatapath(wanted.name(), wanted.datapath()));
    }
    if (there == null || there.mtu().orElse(0) != wanted.mtu().bytes()) {
      add(new SwitchChange.SetSwitchMtu(wanted.name(), wanted.mtu()));
    }
    Switch apart = there == null ? wanted : wanted.without(keptApart(wanted, there));
    boolean guarded = there != null && there.flows().missing().isEmpty();
    if (guarded) {
      planFlows(new FlowPlanner(apart, there));
    } else if (there != null) {
      blocked.addAll(wanted.networks().keySet());
      problems.add(new Problem("bridge " + wanted.name(), there.flows().missing().orElseThrow()));
    }
    Set<Tunnel.Key> cut = new HashSet<>(wanted.tunnels().keySet());
    cut.removeAll(apart.tunnels().keySet());
    planTunnels(apart, there == null ? Map.of() : there.ports(), guarded, cut);
  }

  /** The networks whose frames would loop through a port of another network's and the tunnel. */
  private Set<Vni> keptApart(Switch wanted, ActualSwitch there) {
    SortedMap<Vni, InterfaceName> joined =
        new TreeMap<>(SwitchUplinks.of(wanted, there, actual.uplinks()));
    joined.keySet().removeAll(wanted.gateways());
    joined.forEach(
        (vni, port) ->
            block(
                wanted,
                vni,
                "bridge "
                    + wanted.name()
                    + " has "
                    + port
                    + " as a port, which leads to another network: frames would loop through it and"
                    + " the tunnels, so they are removed; take it out with: ovs-vsctl del-port "
                    + wanted.name()
                    + " "
                    + port
                    + ", or, if this host is a gateway, set 'allow-uplink = yes' in section"
                    + " [network "
                    + wanted.networks().get(vni)
                    + "]"));
    return joined.keySet();
  }

  private void planFlows(FlowPlanner planner) {
    guards.addAll(planner.guards());
    flows.addAll(planner.additions());
    if (sweep) {
      endedFlows.addAll(planner.removals());
      endedGuards.addAll(planner.endedGuards());
    }
  }

  private static String datapath(ActualSwitch there) {
    return there.datapath().isEmpty() ? "system" : there.datapath();
  }

  /** Those that are cut go at once, whatever else is still unknown. */
  private void planTunnels(
      Switch wanted, Map<InterfaceName, ActualPort> ports, boolean guarded, Set<Tunnel.Key> cut) {
    Map<Tunnel.Key, InterfaceName> kept = new TreeMap<>();
    Unmarked unmarked = new Unmarked(wanted, ports);
    for (InterfaceName name : ports.keySet().stream().sorted().toList()) {
      ActualPort port = ports.get(name);
      if (port.owner().isEmpty()) {
        continue;
      }
      Optional<Tunnel.Key> key =
          Tunnel.Key.of(port).filter(each -> wanted.tunnels().containsKey(each));
      // The second of two for the same host would bring every frame twice.
      if (key.isPresent() && kept.putIfAbsent(key.get(), name) == null) {
        keep(wanted, name, port, wanted.tunnels().get(key.get()));
      } else if (sweep
          || key.isPresent()
          || Tunnel.Key.of(port).filter(cut::contains).isPresent()) {
        boolean guardedOne =
            Tunnel.Key.of(port).filter(each -> each.remote().isEmpty()).isPresent();
        (guardedOne ? endedTunnels : removals)
            .add(new Change.OnSwitch(new SwitchChange.RemoveTunnel(wanted.name(), name)));
      }
    }
    for (Map.Entry<Tunnel.Key, InterfaceName> twin : unmarked.twins().entrySet()) {
      if (!kept.containsKey(twin.getKey())) {
        kept.put(twin.getKey(), twin.getValue());
        adopt(wanted, twin.getValue(), unmarked, wanted.tunnels().get(twin.getKey()));
      }
    }
    Set<InterfaceName> taken = takenNames();
    for (Map.Entry<Tunnel.Key, Tunnel> entry : wanted.tunnels().entrySet()) {
      boolean possible = guarded || entry.getKey().remote().isPresent();
      if (possible && !kept.containsKey(entry.getKey())) {
        InterfaceName name = freeName(entry.getValue(), taken);
        taken.add(name);
        add(new SwitchChange.AddTunnel(wanted.name(), name, entry.getValue()));
      }
    }
  }

  /** A second port to the same host, with the same key, would bring every frame twice. */
  private void adopt(Switch wanted, InterfaceName name, Unmarked unmarked, Tunnel tunnel) {
    if (unmarked.isExact(name, tunnel)) {
      add(new SwitchChange.SetTunnel(wanted.name(), name, tunnel));
    } else {
      String advice = Unmarked.advice(wanted.name(), name, tunnel);
      List<Vni> networks =
          tunnel.key().vni().map(List::of).orElse(List.copyOf(wanted.networks().keySet()));
      networks.forEach(vni -> block(wanted, vni, advice));
    }
  }

  private void keep(Switch wanted, InterfaceName name, ActualPort port, Tunnel tunnel) {
    if (!tunnel.is(port)) {
      add(new SwitchChange.SetTunnel(wanted.name(), name, tunnel));
    } else if (!port.error().isEmpty()) {
      problems.add(
          new Problem(
              tunnel
                  .key()
                  .vni()
                  .map(vni -> "network '" + wanted.networks().get(vni) + "'")
                  .orElse("bridge " + wanted.name()),
              "Open vSwitch cannot use port "
                  + name
                  + ": "
                  + port.error()
                  + "; "
                  + lost(tunnel.key())));
    }
  }

  private static String lost(Tunnel.Key key) {
    if (key.isOfMigrations()) {
      return "frames for a VM that is paused by a migration are lost";
    }
    return "no frames are sent to " + key.remote().map(IpAddress::toString).orElse("other hosts");
  }

  /**
   * A name may be taken on any bridge: to Open vSwitch they are one list. Removals come first, and
   * free theirs.
   */
  private Set<InterfaceName> takenNames() {
    Set<InterfaceName> names = new HashSet<>(actual.switches().keySet());
    actual.switches().values().forEach(each -> names.addAll(each.ports().keySet()));
    removals.forEach(change -> names.remove(change.device()));
    additions.forEach(change -> names.add(change.device()));
    return names;
  }

  private static InterfaceName freeName(Tunnel tunnel, Set<InterfaceName> taken) {
    for (int number = 0; ; number++) {
      String kind = tunnel.key().isOfMigrations() ? "mig" : tunnel.type().toString();
      InterfaceName name = new InterfaceName("tun-" + kind + number);
      if (!taken.contains(name)) {
        return name;
      }
    }
  }

  /**
   * A bridge that is deleted and made anew is without its taps, and libvirt does not notice; nor
   * does it when somebody changes a tap's VLAN.
   */
  private void check(DesiredSwitches.Plug plug) {
    ActualSwitch there = actual.switches().get(plug.bridge());
    ActualPort port = there == null ? null : there.ports().get(plug.tap());
    String place = "its tap " + plug.tap() + " is ";
    if (port == null) {
      problem(
          plug,
          place
              + "not in bridge "
              + plug.bridge()
              + "; plug it in with: ovs-vsctl add-port "
              + plug.bridge()
              + " "
              + plug.tap()
              + plug.tag().map(tag -> " tag=" + tag).orElse(""));
    } else if (plug.tag().isPresent() && !port.tag().equals(plug.tag())) {
      problem(
          plug,
          place
              + "in VLAN "
              + port.tag().map(VlanTag::toString).orElse("0 (which sees all networks)")
              + " of bridge "
              + plug.bridge()
              + ", but its network is VLAN "
              + plug.tag().get()
              + "; correct it with: ovs-vsctl set Port "
              + plug.tap()
              + " tag="
              + plug.tag().get());
    }
  }

  private void problem(DesiredSwitches.Plug plug, String message) {
    problems.add(new Problem("VM '" + plug.domain() + "'", message));
  }

  private void sweep() {
    for (Map.Entry<InterfaceName, ActualSwitch> entry :
        new TreeMap<>(actual.switches()).entrySet()) {
      InterfaceName name = entry.getKey();
      ActualSwitch there = entry.getValue();
      if (!there.ours() || desired.switches().containsKey(name)) {
        continue;
      }
      List<InterfaceName> foreign =
          there.ports().entrySet().stream()
              .filter(port -> port.getValue().owner().isEmpty())
              .map(Map.Entry::getKey)
              .sorted()
              .toList();
      if (foreign.isEmpty()) {
        ends.add(new Change.OnSwitch(new SwitchChange.RemoveBridge(name)));
      } else {
        problems.add(
            new Problem(
                "bridge " + name,
                "no network uses it any more, but "
                    + foreign
                    + " is plugged in; it stays until that is unplugged"));
      }
    }
  }

  private void add(SwitchChange change) {
    additions.add(new Change.OnSwitch(change));
  }
}
