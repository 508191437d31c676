package io.vxland.tests.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.vxland.dataplane.DataplaneException;
import io.vxland.model.Handover;
import io.vxland.model.MacAddress;
import io.vxland.plan.Change;
import io.vxland.plan.Inputs;
import io.vxland.plan.Plan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What {@code vxctl plan} prints is what the daemon does: two namespaces, one changed by the
 * driver's messages and one by the commands, must not differ in anything that iproute2 shows.
 */
class CommandsKernelTest {
  static LongStream seeds() {
    return LongStream.range(0, 24);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void theCommandsOfAPlanDoWhatItsMessagesDo(long seed) throws DataplaneException {
    assertThat(run(seed)).isNotEmpty();
  }

  @Test
  void everyKindOfChangeIsTriedByTheSeeds() throws DataplaneException {
    Set<Class<?>> seen = new HashSet<>();
    Set<Class<?>> all = new HashSet<>(Arrays.asList(Change.class.getPermittedSubclasses()));
    // Not the kernel's.
    all.remove(Change.OnSwitch.class);
    // LearningBoundsKernelTest, VtepFilterKernelTest and PortFilterKernelTest look at what these
    // do.
    all.removeAll(
        Set.of(
            Change.LimitLearning.class,
            Change.AcceptVteps.class,
            Change.RemoveVtepFilter.class,
            Change.AddPortFilter.class,
            Change.SetPortFilter.class,
            Change.RemovePortFilter.class));
    try (Host messages = Host.up();
        Host commands = Host.up()) {
      follow(messages, commands, Scene.BLUE.suppress().cardAt("10.99.0.2").inputs(), seen);
      follow(messages, commands, Scene.BLUE.inputs(), seen);
      follow(messages, commands, Scene.BLUE.unbridged().inputs(), seen);
      follow(messages, commands, Scene.BLUE.inputs(), seen);
      String guest =
          """
          ip link add vnet0 address fe:54:00:00:00:01 type veth \\
            peer name guest0 address fe:54:00:00:00:02
          ip link set guest0 addrgenmode none up
          ip link set vnet0 addrgenmode none master br5001 up
          """;
      messages.sh(guest);
      commands.sh(guest);
      Handover copied = new Handover.Copied(Scene.VNI, Scene.CARD);
      follow(messages, commands, Scene.BLUE.tap().inputs(), seen);
      follow(messages, commands, Scene.BLUE.tap().handovers(copied).inputs(), seen);
      messages.sh("ip link del vnet0");
      commands.sh("ip link del vnet0");
      String uplink =
          """
          ip link add up0 address fe:54:00:00:00:03 type veth \\
            peer name up1 address fe:54:00:00:00:04
          ip link set up0 addrgenmode none master br5001
          ip addr add 10.77.0.1/24 dev up0
          """;
      messages.sh(uplink);
      commands.sh(uplink);
      follow(messages, commands, Scene.BLUE.inputs(), seen);
      messages.sh("ip link del up0");
      commands.sh("ip link del up0");
      follow(messages, commands, Scene.BLUE.from("10.99.0.1", "10.99.0.2").inputs(), seen);
      follow(messages, commands, Scene.BLUE.inputs(), seen);
      String plug = plug(List.of("br5001"));
      messages.sh(plug);
      commands.sh(plug);
      Handover first = delivery("52:54:00:00:00:01");
      Handover second = delivery("52:54:00:00:00:02");
      follow(messages, commands, Scene.BLUE.handovers(first, second).inputs(), seen);
      follow(messages, commands, Scene.BLUE.handovers(second).inputs(), seen);
    }
    for (long seed = 100; seed < 130 && !seen.containsAll(all); seed++) {
      seen.addAll(run(seed));
    }
    seen.remove(Change.LimitLearning.class);
    assertThat(seen).isEqualTo(all);
  }

  private static Handover delivery(String card) {
    return new Handover.Delivery(Scene.VNI, MacAddress.parse(card), ArbitraryWorlds.TAP, false);
  }

  /** Makes one world, lets it drift, makes another; returns the kinds of the changes. */
  private static Set<Class<?>> run(long seed) throws DataplaneException {
    try (Host messages = Host.up();
        Host commands = Host.up()) {
      Set<Class<?>> kinds = new HashSet<>();
      follow(messages, commands, ArbitraryWorlds.of(seed), kinds);
      List<String> bridges = new ArrayList<>();
      List<String> vxlans = new ArrayList<>();
      for (JsonNode link : messages.netns.ipJson("link", "show")) {
        String name = link.get("ifname").asText();
        String kind = link.path("linkinfo").path("info_kind").asText();
        if (kind.equals("bridge")) {
          bridges.add(name);
        } else if (kind.equals("vxlan")) {
          vxlans.add(name);
        }
      }
      String drift = ArbitraryWorlds.drift(seed, bridges, vxlans) + plug(bridges);
      messages.sh(drift);
      commands.sh(drift);
      follow(messages, commands, ArbitraryWorlds.of(seed), kinds);
      follow(messages, commands, ArbitraryWorlds.of(seed + 1000), kinds);
      follow(messages, commands, ArbitraryWorlds.of(seed), kinds);
      String unplug = "ip link del " + ArbitraryWorlds.TAP + " || true";
      messages.sh(unplug);
      commands.sh(unplug);
      follow(messages, commands, Scene.NOTHING, kinds);
      return kinds;
    }
  }

  /** The tap of the world's VM. */
  private static String plug(List<String> bridges) {
    return bridges.isEmpty()
        ? ""
        : """
          ip tuntap add dev %1$s mode tap
          ip link set %1$s address fe:54:00:00:00:01
          ip link set %1$s master %2$s
          """
            .formatted(ArbitraryWorlds.TAP, bridges.get(0));
  }

  private static void follow(Host messages, Host commands, Inputs inputs, Set<Class<?>> kinds)
      throws DataplaneException {
    Plan plan = messages.stand(inputs);
    commands.sh(Host.script(plan));
    List<String> byMessages = KernelState.of(messages.netns);
    List<String> byCommands = KernelState.of(commands.netns);
    assertThat(byCommands.stream().filter(line -> !byMessages.contains(line)))
        .as("only by commands, after%n%s", Host.script(plan))
        .isEmpty();
    assertThat(byMessages.stream().filter(line -> !byCommands.contains(line)))
        .as("only by messages, after%n%s", Host.script(plan))
        .isEmpty();
    plan.changes().forEach(change -> kinds.add(change.getClass()));
  }
}
