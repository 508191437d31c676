package io.vxland.daemon;

import io.vxland.control.ControlPlane;
import io.vxland.dataplane.Dataplane;
import io.vxland.dataplane.Dataplane.Failure;
import io.vxland.dataplane.Dataplane.Home;
import io.vxland.dataplane.Dataplane.Uplink;
import io.vxland.dataplane.DataplaneException;
import io.vxland.dataplane.SwitchDriver;
import io.vxland.model.Handover;
import io.vxland.model.InterfaceName;
import io.vxland.model.IpAddress;
import io.vxland.model.Location;
import io.vxland.model.MacAddress;
import io.vxland.model.Network;
import io.vxland.model.NetworkName;
import io.vxland.model.Vni;
import io.vxland.plan.ActualState;
import io.vxland.plan.ActualState.VtepTable;
import io.vxland.plan.Change;
import io.vxland.plan.Desire;
import io.vxland.plan.DesiredState;
import io.vxland.plan.Inputs;
import io.vxland.plan.Plan;
import io.vxland.plan.Planner;
import io.vxland.plan.Problem;
import io.vxland.plan.RoutedCards;
import io.vxland.plan.Segment;
import io.vxland.plan.Uplinks;
import io.vxland.plan.ovs.ActualSwitches;
import io.vxland.plan.ovs.DesiredSwitches;
import io.vxland.plan.ovs.Learned;
import io.vxland.plan.ovs.Redirection;
import io.vxland.plan.ovs.Switch;
import io.vxland.plan.ovs.SwitchDesire;
import io.vxland.plan.ovs.SwitchPlanner;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * One pass of the loop: inputs, desired state, actual state, plan, apply; until nothing is left.
 */
final class Pass {
  /** A plan that is still not empty after so many rounds is not going to be. */
  private static final int MAX_ROUNDS = 3;

  private final Supplier<World.View> world;
  private final Supplier<ControlPlane> control;
  private final Tally tally;
  private final SwitchDriver switches;
  private final Consumer<Map<Vni, Redirection>> redirections;
  private final BiConsumer<World.View, Uplink> told;
  private final Plugs plugs;
  private final Supplier<Home> home;
  private final FormerUplinks former;
  private final Supplier<Findings> surroundings;

  /**
   * Creates it.
   *
   * @param home which address tunnels start from
   * @param world the inputs as they are now
   * @param control the control plane as it is now
   * @param tally counts what went through migration tunnels
   * @param switches Open vSwitch
   * @param redirections is told in which of its networks a migration can be redirected, and how
   * @param told first of all gets to know the world that the pass begins with
   * @param plugs compares where taps are with where libvirt says they are
   * @param former the networks that keep their ports to other networks
   * @param surroundings what was found in the host's surroundings
   */
  Pass(
      Supplier<Home> home,
      Supplier<World.View> world,
      Supplier<ControlPlane> control,
      Tally tally,
      SwitchDriver switches,
      Consumer<Map<Vni, Redirection>> redirections,
      BiConsumer<World.View, Uplink> told,
      Plugs plugs,
      FormerUplinks former,
      Supplier<Findings> surroundings) {
    this.surroundings = surroundings;
    this.former = former;
    this.plugs = plugs;
    this.home = home;
    this.told = told;
    this.world = world;
    this.control = control;
    this.tally = tally;
    this.switches = switches;
    this.redirections = redirections;
  }

  /**
   * Runs on the loop's thread.
   *
   * <p>The kernel is read before the world: what {@link Moves} does at once it has told the world
   * first, so no pass finds in the kernel what the world does not ask for yet, and undoes it.
   */
  Outcome run(Dataplane dataplane) {
    World.View view = world.get();
    Uplink uplink = new Uplink(Optional.empty(), Optional.empty());
    try {
      uplink = dataplane.uplink(home.get(), peers(view));
      told.accept(view, uplink);
      tally.read(dataplane);
      Outcome.Applied applied = Outcome.Applied.NONE;
      List<Failure> failures = List.of();
      for (int round = 0; ; round++) {
        ActualState actual = dataplane.read(moving(view));
        ActualSwitches actualSwitches = switches.read().with(Uplinks.all(actual));
        view = world.get();
        former.look(view.networks(), actual, actualSwitches);
        Desired desired = desired(view, uplink);
        tally.standing(desired.kernel());
        tally.read(actualSwitches);
        if (actualSwitches.missing().isEmpty()) {
          redirections.accept(Redirection.all(desired.switches(), actualSwitches));
        }
        plugs.observe(view, actual, actualSwitches);
        Plan mended = plugs.mend(view, actual, actualSwitches);
        Plan plan = plan(desired, actual, actualSwitches, view).and(mended);
        if (plan.isEmpty() || !failures.isEmpty() || round == MAX_ROUNDS) {
          return outcome(
              view,
              uplink,
              desired,
              RoutedCards.of(desired.kernel(), actual),
              actual.vteps(),
              applied,
              plan,
              failures);
        }
        failures = apply(dataplane, plan);
        plugs.mended(mended);
        applied = applied.and(applied(plan, failures));
      }
    } catch (DataplaneException failed) {
      return Outcome.failed(view.version(), uplink, failed.getMessage());
    }
  }

  /** All that the control plane knows, and those that single networks name. */
  private Set<IpAddress> peers(World.View view) {
    Set<IpAddress> peers = new HashSet<>();
    control.get().hosts().forEach(host -> peers.add(host.vtep().address()));
    for (Network network : view.networks()) {
      network.options().replication().hosts().forEach(peer -> peers.add(peer.address()));
    }
    return peers;
  }

  private static Set<MacAddress> moving(World.View view) {
    return view.handovers().stream().map(Handover::mac).collect(Collectors.toSet());
  }

  /** Plans without applying, for those who want to see what would be done. */
  Plan preview(Dataplane dataplane) throws DataplaneException {
    World.View view = world.get();
    Uplink uplink = dataplane.uplink(home.get(), peers(view));
    Desired desired = desired(view, uplink);
    ActualState actual = dataplane.read(moving(view));
    ActualSwitches actualSwitches = switches.read().with(Uplinks.all(actual));
    Plan plan =
        plan(desired, actual, actualSwitches, view).and(plugs.mend(view, actual, actualSwitches));
    List<Problem> problems = new ArrayList<>(view.problems());
    problems.addAll(plan.problems());
    problems.addAll(uplink.problems());
    return new Plan(plan.changes(), problems, plan.blocked(), plan.yielded());
  }

  /** What Open vSwitch has. */
  ActualSwitches onSwitches() {
    return switches.read();
  }

  /** What a bridge of Open vSwitch has learned. */
  List<Learned> learned(InterfaceName bridge) throws DataplaneException {
    return switches.learned(bridge);
  }

  /** What should be in the kernel, and in Open vSwitch. */
  private record Desired(DesiredState kernel, DesiredSwitches switches) {}

  private Desired desired(World.View view, Uplink uplink) {
    ControlPlane plane = control.get();
    Inputs inputs =
        new Inputs(
            uplink.vtep(),
            uplink.underlay(),
            former.allowing(view.networks()),
            view.ports(),
            plane.knowledge(view.networks()),
            view.handovers(),
            view.accept(),
            plane.hosts().stream().map(ControlPlane.Host::vtep).collect(Collectors.toSet()));
    return new Desired(Desire.of(inputs), SwitchDesire.of(inputs));
  }

  private static Plan plan(
      Desired desired, ActualState actual, ActualSwitches actualSwitches, World.View view) {
    return Planner.plan(desired.kernel(), actual, view.inventoryComplete())
        .and(SwitchPlanner.plan(desired.switches(), actualSwitches, view.inventoryComplete()));
  }

  private List<Failure> apply(Dataplane dataplane, Plan plan) throws DataplaneException {
    List<Change> kernel = new ArrayList<>();
    List<Change.OnSwitch> onSwitch = new ArrayList<>();
    for (Change change : plan.changes()) {
      if (change instanceof Change.OnSwitch step) {
        onSwitch.add(step);
      } else {
        kernel.add(change);
      }
    }
    List<Failure> failures = new ArrayList<>(dataplane.apply(kernel));
    failures.addAll(switches.apply(onSwitch));
    return failures;
  }

  private static Outcome.Applied applied(Plan plan, List<Failure> failures) {
    List<Change> refused = failures.stream().map(Failure::change).toList();
    int switches = onSwitches(plan.changes()) - onSwitches(refused);
    return new Outcome.Applied(plan.changes().size() - refused.size() - switches, switches);
  }

  private static int onSwitches(List<Change> changes) {
    return (int) changes.stream().filter(Change.OnSwitch.class::isInstance).count();
  }

  /** A switch is not as it should be before all its ports are. */
  private static List<InterfaceName> devices(Change change) {
    return change instanceof Change.OnSwitch on
        ? List.of(on.device(), on.step().bridge())
        : List.of(change.device());
  }

  private Outcome outcome(
      World.View view,
      Uplink uplink,
      Desired desired,
      Map<Vni, List<Location>> routed,
      VtepTable vteps,
      Outcome.Applied applied,
      Plan plan,
      List<Failure> failures) {
    Set<InterfaceName> unsettled = new HashSet<>();
    plan.changes().forEach(change -> unsettled.addAll(devices(change)));
    failures.forEach(failure -> unsettled.addAll(devices(failure.change())));
    List<Problem> problems = new ArrayList<>(view.problems());
    problems.addAll(uplink.problems());
    problems.addAll(plan.problems());
    TooLarge tooLarge =
        TooLarge.in(view, desired.kernel().without(plan.yielded()), desired.switches());
    problems.addAll(tooLarge.lost());
    Findings found = surroundings.get();
    problems.addAll(found.problems());
    List<Problem> warnings = new ArrayList<>(tooLarge.told());
    warnings.addAll(former.warnings(view.networks()));
    warnings.addAll(found.warnings());
    Set<Vni> standing = new HashSet<>();
    for (Segment segment : desired.kernel().segments().values()) {
      boolean settled =
          !plan.blocked().contains(segment.vni())
              && !plan.yielded().contains(segment.vni())
              && !unsettled.contains(segment.vxlan().name())
              && segment.bridge().filter(bridge -> unsettled.contains(bridge.name())).isEmpty();
      if (settled) {
        standing.add(segment.vni());
      }
    }
    for (Switch each : desired.switches().switches().values()) {
      if (!unsettled.contains(each.name())) {
        each.networks().keySet().stream()
            .filter(vni -> !plan.blocked().contains(vni))
            .forEach(standing::add);
      }
    }
    return new Outcome(
        view.version(),
        uplink,
        desired.kernel().without(plan.yielded()),
        desired.switches(),
        applied,
        plan.changes(),
        failures,
        problems,
        warnings,
        plan.blocked(),
        plan.yielded(),
        standing,
        absent(view, desired, plan, found),
        routed,
        vteps,
        "");
  }

  /** Those that somebody has defined, and that are not made, or carry nothing. */
  private static SortedSet<NetworkName> absent(
      World.View view, Desired desired, Plan plan, Findings found) {
    SortedSet<NetworkName> absent = new TreeSet<>(found.cut());
    for (Network network : view.networks()) {
      Vni vni = network.vni();
      Segment segment = desired.kernel().segments().get(vni);
      NetworkName made =
          segment != null
              ? segment.network()
              : desired.switches().of(vni).map(each -> each.networks().get(vni)).orElse(null);
      boolean yielded =
          network.origin() == Network.Origin.BRIDGE_NAME && plan.yielded().contains(vni);
      if (!yielded && (!network.name().equals(made) || plan.blocked().contains(vni))) {
        absent.add(network.name());
      }
    }
    return absent;
  }
}
