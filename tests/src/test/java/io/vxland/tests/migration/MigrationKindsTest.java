package io.vxland.tests.migration;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.tests.lab.Lab;
import io.vxland.tests.lab.LabExtension;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The ways that libvirt has to take a VM to another host, or away and back. */
final class MigrationKindsTest {
  @RegisterExtension static final LabExtension LAB = new LabExtension(() -> Lab.up("migkinds", 3));

  private static final int MOST_LOST = 10;
  private static final Vm VM = new Vm("a", 1);
  private static final Vm SHELVED = new Vm("b", 2);
  private static final Vm TWO_CARDS = new Vm("c", 3);

  private static Journeys journeys;
  private static int where = 1;

  @BeforeAll
  static void startTheVm() {
    journeys = new Journeys(LAB.lab());
    journeys.start(VM, 1);
  }

  /** The third host is neither end of the next migration. */
  private static int next() {
    return where % ThreeHosts.COUNT + 1;
  }

  private static int third() {
    return next() % ThreeHosts.COUNT + 1;
  }

  private static Lab lab() {
    return LAB.lab();
  }

  private static String virsh(int host, String... command) {
    String[] all = new String[command.length + 1];
    all[0] = "virsh";
    System.arraycopy(command, 0, all, 1, command.length);
    return lab().host(host, all).must();
  }

  private static boolean isDefined(Vm vm, int host) {
    return lab().host(host, "virsh", "dominfo", vm.name()).ok();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--live",
        "--live --p2p",
        "--live --p2p --tunnelled",
        "--live --persistent --undefinesource",
        "--live --postcopy --postcopy-after-precopy",
      })
  void aRunningVmArrivesAndIsReachedAllTheTime(String options) {
    int to = next();
    try (Watch ping = journeys.pinging(third(), VM)) {
      journeys.migrate(VM, where, to, options.split(" ")).must();
      assertThat(journeys.lost(ping)).as("lost pings").isLessThanOrEqualTo(MOST_LOST);
    }
    if (options.contains("--undefinesource")) {
      assertThat(isDefined(VM, where)).isFalse();
      assertThat(virsh(to, "dominfo", VM.name())).containsPattern("Persistent:\\s+yes");
    }
    if (options.contains("--postcopy")) {
      assertThat(virsh(to, "domjobinfo", "--completed", VM.name()))
          .containsPattern("Postcopy requests:\\s+[1-9]");
    }
    where = to;
    journeys.mustHaveEndedOn(where, VM);
  }
}
