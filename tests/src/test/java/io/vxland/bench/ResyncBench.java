package io.vxland.bench;

import io.vxland.dataplane.Dataplane;
import io.vxland.dataplane.DataplaneException;
import io.vxland.dataplane.linux.LinuxDataplane;
import io.vxland.model.HostAddress;
import io.vxland.model.Knowledge;
import io.vxland.model.Location;
import io.vxland.model.MacAddress;
import io.vxland.model.Network;
import io.vxland.model.NetworkName;
import io.vxland.model.OverlayOptions;
import io.vxland.model.Template;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import io.vxland.plan.Desire;
import io.vxland.plan.DesiredState;
import io.vxland.plan.Inputs;
import io.vxland.plan.Plan;
import io.vxland.plan.Planner;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The daemon's side of tests/bench/resync: {@code NETWORKS ENTRIES} makes so many networks with so
 * many placed MACs each, in this network namespace with the address 10.99.0.1; then, for each line
 * on standard input, runs what a pass of the daemon runs (desired state, actual state, plan) and
 * prints its seconds. Ends with an error if a plan is not empty.
 */
public final class ResyncBench {
  private static final int VTEPS = 60;

  private ResyncBench() {}

  public static void main(String[] arguments) throws DataplaneException, IOException {
    Inputs inputs =
        inputs(Integer.parseUnsignedInt(arguments[0]), Integer.parseUnsignedInt(arguments[1]));
    PrintStream out = System.out;
    try (LinuxDataplane dataplane = LinuxDataplane.open();
        BufferedReader turns =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      Plan first = plan(inputs, dataplane);
      if (!dataplane.apply(first.changes()).isEmpty()) {
        throw new IllegalStateException("the kernel refused some of it");
      }
      out.println("ready");
      while (turns.readLine() != null) {
        long from = System.nanoTime();
        Plan plan = plan(inputs, dataplane);
        double seconds = (System.nanoTime() - from) / 1e9;
        if (!plan.isEmpty() || !plan.problems().isEmpty()) {
          throw new IllegalStateException(
              plan.changes().size() + " changes, " + plan.problems().size() + " problems");
        }
        out.printf("%.3f%n", seconds);
      }
    }
  }

  private static Plan plan(Inputs inputs, LinuxDataplane dataplane) throws DataplaneException {
    DesiredState desired = Desire.of(inputs);
    return Planner.plan(desired, dataplane.read(Set.of()), true);
  }

  private static Inputs inputs(int networkCount, int entries) throws DataplaneException {
    Set<Network> networks = new HashSet<>();
    Map<Vni, SortedSet<Vtep>> replication = new HashMap<>();
    Map<Vni, List<Location>> locations = new HashMap<>();
    for (int i = 1; i <= networkCount; i++) {
      Vni vni = new Vni(i);
      networks.add(
          new Network(
              new NetworkName("net" + i),
              vni,
              Optional.of(Network.defaultBridge(vni)),
              Template.BRIDGE,
              Network.Origin.LIBVIRT,
              OverlayOptions.DEFAULTS));
      replication.put(vni, new TreeSet<>(List.of(vtep(0), vtep(1))));
      List<Location> places = new ArrayList<>(entries);
      for (int j = 0; j < entries; j++) {
        places.add(new Location(new MacAddress(0x5254_0000_0000L + j), vtep(j), List.of()));
      }
      locations.put(vni, places);
    }
    try (LinuxDataplane dataplane = LinuxDataplane.open()) {
      Vtep self = Vtep.parse("10.99.0.1");
      return new Inputs(
          Optional.of(self),
          dataplane
              .uplink(new Dataplane.Home(new HostAddress.Exact(self), Optional.empty()), List.of())
              .underlay(),
          networks,
          Set.of(),
          new Knowledge(true, replication, locations),
          Set.of());
    }
  }

  private static Vtep vtep(int i) {
    return Vtep.parse("10.99.0." + (2 + i % VTEPS));
  }
}
