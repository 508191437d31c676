package io.vxland.plan;

import io.vxland.model.Flooding;
import io.vxland.model.Network;
import io.vxland.model.NetworkName;
import io.vxland.model.Registry;
import io.vxland.model.SharedNetwork;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What has to be done so that this host's libvirt has the networks that all hosts have.
 *
 * @param steps in their order
 * @param problems what is in the way
 */
public record NetworkPlan(List<Step> steps, List<Problem> problems) {
  /** Something to do. */
  public sealed interface Step {
    /** The network that it is about. */
    SharedNetwork network();

    /** libvirt gets it: defined, set to autostart, started. */
    record Define(SharedNetwork network) implements Step {}

    /** libvirt loses it. */
    record Delete(SharedNetwork network) implements Step {}

    /** The others do not know of it (any more): they are told. */
    record Tell(SharedNetwork network) implements Step {}
  }

  /**
   * A network that this host's libvirt has.
   *
   * @param network as it is defined
   * @param used whether VMs are plugged into it
   */
  public record Local(Network network, boolean used) {
    private boolean shared() {
      return network.origin() == Network.Origin.SHARED;
    }
  }

  /** Copies the lists. */
  public NetworkPlan {
    steps = List.copyOf(steps);
    problems = List.copyOf(problems);
  }

  /**
   * Makes the plan.
   *
   * @param registry what all hosts are to have, completely read
   * @param locals what libvirt has here, completely read
   */
  public static NetworkPlan of(Registry registry, Collection<Local> locals) {
    Map<NetworkName, Local> here = new TreeMap<>();
    locals.forEach(local -> here.put(local.network().name(), local));
    List<Step> steps = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    new TreeMap<>(registry.deleted())
        .forEach((name, network) -> delete(network, here.get(name), steps, problems));
    new TreeMap<>(registry.defined())
        .forEach((name, network) -> define(network, here.get(name), steps, problems));
    for (Local local : here.values()) {
      if (!registry.defined().containsKey(local.network().name())) {
        tell(local, registry, steps, problems);
      }
    }
    return new NetworkPlan(steps, problems);
  }

  private static void delete(
      SharedNetwork network, Local local, List<Step> steps, List<Problem> problems) {
    if (local == null || !local.shared() || !SharedNetwork.of(local.network()).equals(network)) {
      return;
    }
    if (local.used()) {
      problems.add(
          problem(
              network,
              "it was deleted on all hosts, but VMs here use it; it stays until they no longer"
                  + " do"));
    } else {
      steps.add(new Step.Delete(network));
    }
  }

  private static void define(
      SharedNetwork network, Local local, List<Step> steps, List<Problem> problems) {
    if (local == null) {
      steps.add(new Step.Define(network));
      return;
    }
    SharedNetwork other = SharedNetwork.of(local.network());
    if (other.equals(network)) {
      return;
    }
    if (local.shared() && !local.used()) {
      steps.add(new Step.Delete(other));
      steps.add(new Step.Define(network));
    } else {
      problems.add(
          problem(
              network,
              "it is "
                  + text(network)
                  + " on all hosts, but here it is "
                  + text(other)
                  + (local.used() ? " and VMs use it" : "")
                  + "; remove it here with: virsh net-destroy "
                  + network.name()
                  + "; virsh net-undefine "
                  + network.name()));
    }
  }

  private static void tell(
      Local local, Registry registry, List<Step> steps, List<Problem> problems) {
    SharedNetwork network = SharedNetwork.of(local.network());
    if (registry.rival(network).isPresent()) {
      problems.add(
          problem(
              network,
              "VNI "
                  + network.vni()
                  + " belongs to '"
                  + registry.rival(network).get()
                  + "' on all hosts; delete this network, or define it again with another VNI"));
    } else if (local.shared() && !registry.deleted().containsKey(network.name())) {
      steps.add(new Step.Tell(network));
    }
  }

  private static String text(SharedNetwork network) {
    return "VNI "
        + network.vni()
        + " on bridge "
        + network.bridge()
        + network.tag().map(tag -> " with tag " + tag).orElse("")
        + (network.flood() == Flooding.ALL ? "" : " and flood " + network.flood());
  }

  private static Problem problem(SharedNetwork network, String message) {
    return new Problem("network '" + network.name() + "'", message);
  }
}
