package io.vxland.plan;

import static io.vxland.plan.PortFilter.Limit.NO_DHCP_SERVER;
import static io.vxland.plan.PortFilter.Limit.NO_ROUTER;
import static io.vxland.plan.PortFilter.Limit.OWN_ADDRESSES;
import static io.vxland.plan.PortFilter.Limit.OWN_MACS;
import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.model.Allowance;
import io.vxland.model.InterfaceName;
import io.vxland.model.IpAddress;
import io.vxland.model.LocalPort;
import io.vxland.model.Location;
import io.vxland.model.MacAddress;
import io.vxland.model.Network;
import io.vxland.model.PortSecurity;
import io.vxland.model.Vni;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class PortFiltersTest {
  private static final Vni BLUE = new Vni(5001);
  private static final MacAddress ONE = MacAddress.parse("52:54:00:00:00:01");
  private static final MacAddress TWO = MacAddress.parse("52:54:00:00:00:02");
  private static final MacAddress THREE = MacAddress.parse("52:54:00:00:00:03");
  private static final IpAddress FIRST = IpAddress.parse("10.7.0.1");
  private static final IpAddress SECOND = IpAddress.parse("10.7.0.2");
  private static final IpAddress THIRD = IpAddress.parse("fd70::3");

  private static LocalPort port(int domain, MacAddress mac, String tap) {
    return new LocalPort(
        new UUID(0, domain),
        "vm" + domain,
        mac,
        BLUE,
        Network.defaultBridge(BLUE),
        Optional.of(tap).filter(name -> !name.isEmpty()).map(InterfaceName::new),
        Optional.empty(),
        LocalPort.State.HERE);
  }

  private static DesiredState desired(Set<LocalPort> ports, Location... elsewhere) {
    Set<Network> networks = Set.of(Worlds.network("blue", 5001));
    return Desire.of(
        Worlds.inputs(
            networks,
            ports,
            Worlds.knowledge(networks, List.of(Worlds.SECOND), Map.of(BLUE, List.of(elsewhere)))));
  }

  private static PortFilter filter(Set<LocalPort> ports, Location... elsewhere) {
    return desired(ports, elsewhere).filters().get(BLUE);
  }

  private static Location there(boolean named, IpAddress... addresses) {
    return new Location(THREE, Worlds.SECOND, List.of(addresses), named);
  }

  @Test
  void aMacAddressOfWhichAnyHostTellsBelongsToItsPort() {
    PortFilter filter = filter(Set.of(port(1, ONE, "vnet1"), port(2, TWO, "")), there(false));
    assertThat(filter.macs()).contains(ONE, TWO, THREE);
    assertThat(filter.ports().keySet()).containsExactly(new InterfaceName("vnet1"));
    assertThat(filter.ports().get(new InterfaceName("vnet1")).macs()).containsExactly(ONE);
  }

  @Test
  void anAddressBelongsToAPortOnlyIfItIsNamed() {
    LocalPort named = port(1, ONE, "vnet1").with(List.of(FIRST));
    LocalPort seen = port(2, TWO, "vnet2").withSeen(List.of(SECOND));
    assertThat(filter(Set.of(named, seen), there(true, THIRD)).addresses())
        .containsExactlyInAnyOrder(FIRST, THIRD);
    assertThat(filter(Set.of(named, seen), there(false, THIRD)).addresses()).containsExactly(FIRST);
  }

  @Test
  void theNicsOfOneVmMaySendForEachOther() {
    PortFilter filter =
        filter(Set.of(port(1, ONE, "vnet1").with(List.of(FIRST)), port(1, TWO, "vnet2")));
    assertThat(filter.ports().get(new InterfaceName("vnet2")).macs())
        .containsExactlyInAnyOrder(ONE, TWO);
    assertThat(filter.ports().get(new InterfaceName("vnet2")).addresses()).containsExactly(FIRST);
  }

  @Test
  void aVmThatHasJustComeKeepsWhatItsFormerHostNames() {
    Location former = new Location(ONE, Worlds.SECOND, List.of(FIRST), true);
    PortFilter filter = filter(Set.of(port(1, ONE, "vnet1")), former);
    assertThat(filter.ports().get(new InterfaceName("vnet1")).addresses()).containsExactly(FIRST);
  }

  @Test
  void aNetworkWithoutTapsWaitsForThemWithAnEmptyFilter() {
    DesiredState waiting = desired(Set.of(port(1, ONE, "")), there(true, THIRD));
    assertThat(waiting.filters().values()).containsExactly(PortFilter.none(BLUE));
    assertThat(waiting.filtersTaps()).isFalse();
    assertThat(desired(Set.of(port(1, ONE, "vnet1"))).filtersTaps()).isTrue();
  }

  @Test
  void aTapWhoseNameNftCannotReadIsLeftOutAndNamed() {
    DesiredState desired = desired(Set.of(port(1, ONE, "a\"b"), port(2, TWO, "vnet2")));
    assertThat(desired.filters().get(BLUE).ports().keySet())
        .containsExactly(new InterfaceName("vnet2"));
    assertThat(desired.problems())
        .anyMatch(
            problem ->
                problem.toString().startsWith("tap 'a\"b': frames from it cannot be filtered"));
  }

  @Test
  void whatIsAllowedIsItsOwnAndNobodyElseIsKeptFromIt() {
    LocalPort virtual =
        port(1, ONE, "vnet1")
            .allowed(new Allowance(Optional.empty(), Set.of(THREE), Set.of(THIRD), false, false));
    PortFilter filter = filter(Set.of(virtual, port(2, TWO, "vnet2")));
    PortFilter.Port own = filter.ports().get(new InterfaceName("vnet1"));
    assertThat(own.macs()).containsExactlyInAnyOrder(ONE, THREE);
    assertThat(own.addresses()).containsExactly(THIRD);
    assertThat(filter.macs()).contains(ONE, TWO).doesNotContain(THREE);
    assertThat(filter.addresses()).isEmpty();
  }

  @Test
  void strictLimitsWhatANicSends() {
    LocalPort plain = port(1, ONE, "vnet1").allowed(strict(false, false));
    assertThat(limits(plain)).containsExactlyInAnyOrder(OWN_MACS, NO_DHCP_SERVER, NO_ROUTER);
    LocalPort named = plain.with(List.of(FIRST));
    assertThat(limits(named)).containsExactlyInAnyOrder(PortFilter.Limit.values());
    assertThat(limits(named.withSeen(List.of(FIRST)))).doesNotContain(OWN_ADDRESSES);
    assertThat(limits(named.allowed(strict(true, false))))
        .containsExactlyInAnyOrder(OWN_MACS, OWN_ADDRESSES, NO_ROUTER);
    assertThat(limits(named.allowed(strict(false, true))))
        .containsExactlyInAnyOrder(OWN_MACS, NO_DHCP_SERVER);
    assertThat(limits(port(1, ONE, "vnet1"))).isEmpty();
  }

  @Test
  void aNicThatMaySendEverythingHasNoFilterButWhatItHasIsProtected() {
    Allowance everything =
        new Allowance(Optional.of(PortSecurity.NONE), Set.of(), Set.of(), false, false);
    LocalPort free = port(1, ONE, "vnet1").allowed(everything);
    PortFilter filter = filter(Set.of(free, port(2, TWO, "vnet2")));
    assertThat(filter.ports().keySet()).containsExactly(new InterfaceName("vnet2"));
    assertThat(filter.macs()).contains(ONE);
    assertThat(desired(Set.of(free)).filtersTaps()).isFalse();
  }

  private static Allowance strict(boolean dhcpServer, boolean router) {
    return new Allowance(Optional.of(PortSecurity.STRICT), Set.of(), Set.of(), dhcpServer, router);
  }

  private static Set<PortFilter.Limit> limits(LocalPort port) {
    return filter(Set.of(port)).ports().get(new InterfaceName("vnet1")).limits();
  }

  @Test
  void theStampTellsFiltersApartAndDoesNotDependOnOrder() {
    List<LocalPort> ports =
        new ArrayList<>(List.of(port(1, ONE, "vnet1").with(List.of(FIRST)), port(2, TWO, "vnet2")));
    long stamp = filter(Set.copyOf(ports), there(true, THIRD)).stamp();
    Random random = new Random(7);
    for (int i = 0; i < 20; i++) {
      Collections.shuffle(ports, random);
      assertThat(filter(Set.copyOf(ports), there(true, THIRD)).stamp()).isEqualTo(stamp);
    }
    assertThat(
            Set.of(
                stamp,
                filter(Set.copyOf(ports), there(false, THIRD)).stamp(),
                filter(Set.copyOf(ports)).stamp(),
                filter(Set.of(ports.get(0)), there(true, THIRD)).stamp(),
                filter(Set.of(port(1, ONE, "vnet2"), port(2, TWO, "vnet1"))).stamp(),
                filter(Set.of(port(1, ONE, "vnet1"), port(2, TWO, "vnet2"))).stamp(),
                filter(Set.of(port(1, ONE, "vnet1").allowed(strict(false, false)))).stamp(),
                filter(Set.of(port(1, ONE, "vnet1").allowed(strict(true, false)))).stamp()))
        .hasSize(8);
  }
}
