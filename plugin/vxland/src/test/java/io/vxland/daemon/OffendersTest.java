package io.vxland.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.api.Problem;
import io.vxland.config.Configurations;
import io.vxland.model.InterfaceName;
import io.vxland.model.LocalPort;
import io.vxland.model.MacAddress;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import io.vxland.os.ServiceNotifier;
import io.vxland.plan.DeniedFrames;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class OffendersTest {
  private static final MacAddress LIAR = MacAddress.parse("52:54:00:00:00:01");
  private static final MacAddress VICTIM = MacAddress.parse("52:54:00:00:00:02");
  private static final InterfaceName TAP = new InterfaceName("vnet0");

  private final Map<InterfaceName, DeniedFrames> denied = new HashMap<>();
  private final Map<InterfaceName, DeniedFrames> onSwitches = new HashMap<>();
  private final Health health =
      new Health(
          ServiceNotifier.fromEnvironment(Map.of()),
          new World(Configurations.withPeers(Vtep.parse("10.99.0.1"))));
  private final Offenders offenders = new Offenders(() -> denied, () -> onSwitches, health);

  private static LocalPort port(String vm, MacAddress mac, Optional<InterfaceName> tap) {
    return new LocalPort(
        new UUID(0, mac.hashCode()),
        vm,
        mac,
        new Vni(5001),
        new InterfaceName("br5001"),
        tap,
        Optional.empty(),
        LocalPort.State.HERE);
  }

  @Test
  void whoeverSendsWithTheMacOfAnotherIsNamedWithItsOwner() {
    denied.put(TAP, new DeniedFrames(7, Map.of(VICTIM, 7L), Map.of(), 0, 0));
    offenders.look(
        true,
        false,
        Set.of(
            port("liar", LIAR, Optional.of(TAP)),
            port("victim", VICTIM, Optional.of(new InterfaceName("vnet1")))));
    assertThat(health.problems())
        .extracting(Problem::subject, Problem::message)
        .singleElement()
        .satisfies(
            said ->
                assertThat(said.toList().toString())
                    .contains("VM 'liar', tap vnet0", VICTIM + " of VM 'victim'"));
  }

  @Test
  void onASwitchItIsNamedInTheSameWordsWithWhatAllowsIt() {
    onSwitches.put(TAP, new DeniedFrames(7, Map.of(VICTIM, 7L), Map.of(), 1, 0));
    Set<LocalPort> ports = Set.of(port("liar", LIAR, Optional.of(TAP)));
    offenders.look(false, true, ports);
    assertThat(health.problems())
        .singleElement()
        .satisfies(
            said -> {
              assertThat(said.subject()).isEqualTo("VM 'liar', tap vnet0");
              assertThat(said.message()).contains(VICTIM.toString(), "DHCP server replies");
              assertThat(said.advice())
                  .contains("<vx:port mac='52:54:00:00:00:01' allow='...'/>", "metadata");
            });
  }

  @Test
  void aPortWithoutATapOffendsNobody() {
    offenders.look(true, true, Set.of(port("starts", LIAR, Optional.empty())));
    assertThat(health.problems()).isEmpty();
  }
}
