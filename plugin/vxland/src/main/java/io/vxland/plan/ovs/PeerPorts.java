package io.vxland.plan.ovs;

import io.vxland.model.IpAddress;
import io.vxland.model.MacAddress;
import io.vxland.openflow.Action;
import io.vxland.openflow.Flow;
import io.vxland.openflow.Match;
import io.vxland.openflow.Port;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A port for each host: NORMAL learns behind which one a card is.
 *
 * @param ingress the network's frames
 * @param ports by tunnel, as far as they have numbers
 */
record PeerPorts(List<Match> ingress, SortedMap<Tunnel.Key, Port> ports) implements Uplink {
  @Override
  public List<Match> local() {
    return ingress;
  }

  @Override
  public List<Match> remote() {
    return ports.values().stream().map(Match.ANY::inPort).toList();
  }

  @Override
  public List<Action> to(Collection<IpAddress> hosts) {
    return ports.entrySet().stream()
        .filter(entry -> entry.getKey().remote().filter(hosts::contains).isPresent())
        .<Action>map(entry -> new Action.Output(entry.getValue()))
        .toList();
  }

  @Override
  public List<Action> toAll() {
    return ports.values().stream().<Action>map(Action.Output::new).toList();
  }

  @Override
  public List<Action> onward() {
    return List.of(new Action.Output(Port.NORMAL));
  }

  @Override
  public List<Flow> place(MacAddress mac, IpAddress host) {
    List<Action> there = to(List.of(host));
    return there.isEmpty() ? List.of() : Flows.toCard(Flows.PLACE, ingress, mac, there);
  }

  @Override
  public List<Flow> sightings(MacAddress mac, int priority) {
    return ports.values().stream()
        .map(port -> Flows.sighting(priority, mac, port, onward()))
        .toList();
  }

  @Override
  public SortedMap<IpAddress, Flow> seen(MacAddress mac, int priority) {
    SortedMap<IpAddress, Flow> flows = new TreeMap<>();
    ports.forEach(
        (key, port) ->
            key.remote().ifPresent(host -> flows.put(host, Flows.seen(priority, mac, port))));
    return flows;
  }

  /** What one host has sent goes to no other: that is for its sender to do. */
  @Override
  public List<Flow> forwarding(boolean places) {
    return places
        ? remote().stream()
            .map(from -> new Flow(0, Flows.FROM_TUNNEL, Flows.COOKIE, 0, 0, from, onward()))
            .toList()
        : List.of();
  }
}
