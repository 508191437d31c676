package io.vxland.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.api.Problem;
import io.vxland.config.Configurations;
import io.vxland.dataplane.Repointing;
import io.vxland.migration.Event;
import io.vxland.model.InterfaceName;
import io.vxland.model.IpAddress;
import io.vxland.model.LocalPort;
import io.vxland.model.MacAddress;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import io.vxland.os.ServiceNotifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A MAC address of a VM here from which another host sends, too. */
class TwoHostsTest {
  private static final Vni VNI = new Vni(5001);
  private static final InterfaceName VXLAN = new InterfaceName("vxlan5001");
  private static final MacAddress MAC = MacAddress.parse("52:54:00:00:00:01");
  private static final IpAddress THERE = IpAddress.parse("10.99.0.2");
  private static final LocalPort PORT =
      new LocalPort(
          new UUID(0, 1),
          "a",
          MAC,
          VNI,
          new InterfaceName("br5001"),
          Optional.of(new InterfaceName("vnet0")),
          Optional.empty(),
          LocalPort.State.HERE);

  private final World world = new World(Configurations.withPeers(Vtep.parse("10.99.0.1")));
  private final Health health = new Health(ServiceNotifier.fromEnvironment(Map.of()), world);
  private final List<MacAddress> forgotten = new ArrayList<>();
  private int woken;
  private final TwoHosts twoHosts =
      new TwoHosts(
          new Repointing() {
            @Override
            public boolean repoint(Vni network, MacAddress mac, Vtep host) {
              throw new AssertionError("no entry is to be written");
            }

            @Override
            public void forget(Vni network, MacAddress mac) {
              forgotten.add(mac);
            }

            @Override
            public void close() {}
          },
          health,
          () -> woken++);

  @BeforeEach
  void itRunsHere() {
    world.plugged(PORT);
    twoHosts.look(world.view());
  }

  private void heard() {
    twoHosts.heard(VXLAN, MAC, THERE);
    twoHosts.look(world.view());
  }

  private List<Problem> said() {
    return health.problems();
  }

  @Test
  void whatIsLearnedAgainAfterItWasForgottenIsSaidWithTheHost() {
    heard();
    assertThat(woken).isEqualTo(1);
    assertThat(forgotten).containsExactly(MAC);
    assertThat(said()).isEmpty();

    heard();
    assertThat(said())
        .singleElement()
        .satisfies(
            problem ->
                assertThat(problem.subject() + " " + problem.message())
                    .contains(MAC + " on VNI 5001", "VM 'a'", "10.99.0.2"));
  }

  @Test
  void howeverOftenItIsLearnedItIsForgottenSeldom() {
    for (int frame = 0; frame < 1000; frame++) {
      heard();
    }
    assertThat(forgotten).hasSizeLessThan(10);
    assertThat(woken).isLessThan(10);
    assertThat(said()).hasSize(1);
  }

  @Test
  void itIsOverWhenTheLinkGoesDownOrTheVmLeaves() {
    heard();
    heard();
    world.plugged(PORT.linked(false));
    twoHosts.look(world.view());
    assertThat(said()).isEmpty();

    world.plugged(PORT);
    twoHosts.look(world.view());
    heard();
    heard();
    assertThat(said()).hasSize(1);
    world.domain(PORT.domain(), Event.PAUSED);
    twoHosts.look(world.view());
    assertThat(said()).isEmpty();
  }

  @Test
  void whatHasJustArrivedMayStillBeHeardFromWhereItWas() {
    world.domain(PORT.domain(), Event.GONE);
    world.expected(PORT);
    world.plugged(PORT);
    world.domain(PORT.domain(), Event.RUNNING);
    twoHosts.look(world.view());
    heard();
    heard();
    assertThat(said()).isEmpty();
    assertThat(forgotten).isEmpty();
  }

  @Test
  void whatIsNotHereOrIsOnItsWayMayBeAnywhere() {
    twoHosts.heard(new InterfaceName("vxlan5002"), MAC, THERE);
    twoHosts.heard(VXLAN, MacAddress.parse("52:54:00:00:00:02"), THERE);
    world.domain(PORT.domain(), Event.PAUSED);
    twoHosts.look(world.view());
    heard();
    heard();
    assertThat(woken).isZero();
    assertThat(forgotten).isEmpty();
    assertThat(said()).isEmpty();
  }
}
