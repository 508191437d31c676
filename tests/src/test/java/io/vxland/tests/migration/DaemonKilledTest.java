package io.vxland.tests.migration;

import static io.vxland.tests.migration.Trap.Monitor.ENTRIES;
import static io.vxland.tests.migration.Trap.Monitor.EVENTS;
import static io.vxland.tests.migration.Trap.Monitor.LINKS;
import static io.vxland.tests.migration.Trap.Monitor.QUEUES;
import static io.vxland.tests.migration.Trap.Monitor.RULES;

import io.vxland.tests.lab.Lab;
import io.vxland.tests.lab.LabExtension;
import io.vxland.tests.lab.Result;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The daemon of either side is killed at each of its actions, as the kernel shows it, and started
 * again: at once, or when the VM has arrived and was reached without it.
 */
@Execution(ExecutionMode.CONCURRENT)
final class DaemonKilledTest {
  @RegisterExtension
  static final LabExtension LAB = new LabExtension(() -> Lab.up("migkill", Lanes.HOSTS));

  private static final Duration HAPPENS = Duration.ofSeconds(30);

  private static Lanes lanes;

  @BeforeAll
  static void startTheVms() {
    lanes = new Lanes(LAB.lab());
  }

  /** Which of the two daemons. */
  enum Side {
    SOURCE,
    DESTINATION
  }

  /** When it is started again. */
  enum Again {
    AT_ONCE,
    ONCE_ARRIVED
  }

  /** What the daemon, the kernel or libvirt has just done when it is killed. */
  enum Action {
    COPYING(EVENTS, "'migration-iteration' for domain 'NAME'"),
    TUNNEL_MADE(LINKS, "vxmig5001: "),
    GUARDED(RULES, "add chain netdev vxland vxmig5001"),
    TUNNEL_PLUGGED(LINKS, "vxout5001@.*: .* master br5001"),
    REDIRECTED(ENTRIES, "^MAC dev vxout5001"),
    HEARD_ELSEWHERE(ENTRIES, "^MAC dev vxlan5001 master"),
    VM_GONE(LINKS, "Deleted .* vnet"),
    TAP_PLUGGED(LINKS, "vnet[0-9]+: .* master br5001"),
    QUEUE_RAISED(QUEUES, "vnet.* to 2[0-9]{4}$"),
    DELIVERY(RULES, "add rule .*MAC.* fwd to"),
    PLACED_AT_SOURCE(ENTRIES, "^MAC dev vxlan5001 extern_learn"),
    HEARD_ON_TAP(ENTRIES, "^MAC dev vnet"),
    RESUMED(EVENTS, "Resumed Migrated"),
    QUEUE_LOWERED(QUEUES, "vnet.* from 2[0-9]{4} to [0-9]{3,4}$"),
    DELIVERY_ENDED(RULES, "delete rule netdev vxland vxmig5001"),
    TUNNEL_GONE(LINKS, "Deleted .* vxmig5001");

    private final Trap.Monitor monitor;
    private final String sign;

    Action(Trap.Monitor monitor, String sign) {
      this.monitor = monitor;
      this.sign = sign;
    }

    Pattern sign(Vm vm) {
      return Pattern.compile(sign.replace("MAC", vm.mac()).replace("NAME", vm.name()));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "SOURCE, COPYING, AT_ONCE",
    "SOURCE, COPYING, ONCE_ARRIVED",
    "SOURCE, REDIRECTED, AT_ONCE",
    "SOURCE, REDIRECTED, ONCE_ARRIVED",
    "SOURCE, HEARD_ELSEWHERE, AT_ONCE",
    "SOURCE, VM_GONE, ONCE_ARRIVED",
    "SOURCE, TUNNEL_GONE, AT_ONCE",
    "DESTINATION, TUNNEL_MADE, AT_ONCE",
    "DESTINATION, TAP_PLUGGED, ONCE_ARRIVED",
    "DESTINATION, GUARDED, AT_ONCE",
    "DESTINATION, TUNNEL_PLUGGED, ONCE_ARRIVED",
    "DESTINATION, QUEUE_RAISED, AT_ONCE",
    "DESTINATION, DELIVERY, AT_ONCE",
    "DESTINATION, PLACED_AT_SOURCE, ONCE_ARRIVED",
    "DESTINATION, HEARD_ON_TAP, AT_ONCE",
    "DESTINATION, RESUMED, ONCE_ARRIVED",
    "DESTINATION, QUEUE_LOWERED, AT_ONCE",
    "DESTINATION, DELIVERY_ENDED, ONCE_ARRIVED",
  })
  void theVmIsReachedAndNothingIsLeft(Side side, Action action, Again again) {
    try (Lanes.Lane lane = lanes.take()) {
      ThreeHosts hosts = lane.hosts();
      Vm vm = lane.vm();
      int killed = side == Side.SOURCE ? lane.here() : lane.there();
      try (Trap trap =
          Trap.set(LAB.lab(), killed, action.monitor, action.sign(vm), hosts.daemon(killed))) {
        CompletableFuture<Result> migration = lane.migration();
        trap.awaitSprung(HAPPENS);
        if (again == Again.AT_ONCE) {
          hosts.startKilled(killed);
        }
        migration.join().must();
        lane.arrived();
        hosts.mustReach(vm.number());
        if (again == Again.ONCE_ARRIVED) {
          hosts.startKilled(killed);
        }
      } finally {
        hosts.startIfDown(killed);
      }
      hosts.awaitNothingLeft();
      hosts.mustReach(vm.number());
    }
  }
}
