package io.vxland.tests.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vxland.control.etcd.EtcdControlPlane;
import io.vxland.control.etcd.EtcdSettings;
import io.vxland.model.InterfaceName;
import io.vxland.model.IpAddress;
import io.vxland.model.Knowledge;
import io.vxland.model.Location;
import io.vxland.model.MacAddress;
import io.vxland.model.Network;
import io.vxland.model.NetworkName;
import io.vxland.model.OverlayOptions;
import io.vxland.model.Presence;
import io.vxland.model.Presence.Card;
import io.vxland.model.Presence.Holder;
import io.vxland.model.Template;
import io.vxland.model.Vni;
import io.vxland.model.VniRange;
import io.vxland.model.Vtep;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hosts know of each other and of each other's cards by etcd, and forget nothing without it. */
class EtcdControlPlaneTest {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final Vni VNI = new Vni(5001);
  private static final Card CARD = new Card(VNI, MacAddress.parse("52:54:00:00:00:01"));
  private static final Network BLUE =
      new Network(
          new NetworkName("blue"),
          VNI,
          Optional.of(new InterfaceName("br5001")),
          Template.BRIDGE,
          Network.Origin.LIBVIRT,
          OverlayOptions.DEFAULTS);

  private PrivateEtcd etcd;
  private EtcdControlPlane one;
  private EtcdControlPlane two;

  @BeforeEach
  void start(@TempDir Path directory) {
    etcd = new PrivateEtcd(directory);
    etcd.start();
    one = host("10.99.0.1", "h1");
    two = host("10.99.0.2", "h2");
  }

  @AfterEach
  void stop() {
    one.close();
    two.close();
    etcd.close();
  }

  private EtcdControlPlane host(String vtep, String name) {
    return EtcdControlPlane.start(
        new EtcdSettings(
            List.of(etcd.endpoint()),
            "/vxland/",
            Optional.empty(),
            Optional.empty(),
            Duration.ofSeconds(5),
            new VniRange(new Vni(100), new Vni(200)),
            Duration.ofSeconds(3)),
        new EtcdControlPlane.Identity(Vtep.parse(vtep), name),
        Duration.ofSeconds(60),
        () -> {});
  }

  private static Presence with(Card... cards) {
    TreeMap<Card, Holder> here = new TreeMap<>();
    for (Card card : cards) {
      here.put(card, new Holder(new UUID(0, 1), "vm1", List.of(IpAddress.parse("10.0.0.7"))));
    }
    return new Presence(new TreeSet<>(List.of(VNI)), here);
  }

  private static List<Location> places(EtcdControlPlane at) {
    Knowledge knowledge = at.knowledge(List.of(BLUE));
    return knowledge.locations().getOrDefault(VNI, List.of());
  }

  private static void awaitPlace(EtcdControlPlane at, String vtep) {
    await("it is known to be at " + vtep)
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(places(at))
                    .containsExactly(
                        new Location(
                            CARD.mac(), Vtep.parse(vtep), List.of(IpAddress.parse("10.0.0.7")))));
  }

  private void settle() {
    one.publish(with(CARD));
    two.publish(with());
    awaitPlace(two, "10.99.0.1");
  }

  @Test
  void hostsAndCardsAreKnownAndFollowed() {
    assertThat(one.mode()).isEqualTo("etcd");
    settle();
    await("hosts of the network")
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(one.knowledge(List.of(BLUE)).replication().get(VNI))
                    .containsExactly(Vtep.parse("10.99.0.2")));
    assertThat(one.knowledge(List.of(BLUE)).complete()).isTrue();
    two.publish(with(CARD));
    awaitPlace(one, "10.99.0.2");
    one.publish(with());
    await("the old claim is taken back")
        .atMost(SOON)
        .until(
            () -> !etcd.etcdctl("get", "--prefix", "/vxland/1/ports/10.99.0.1/").contains("vm1"));
    assertThat(etcd.etcdctl("get", "--print-value-only", "/vxland/1/sequences/5001/" + CARD.mac()))
        .isEqualTo("{\"number\":2}\n");
    awaitPlace(one, "10.99.0.2");
  }

  @Test
  void withoutEtcdNothingIsForgottenAndAfterwardsAllIsRight() {
    settle();
    etcd.kill();
    await("it is told").atMost(SOON).until(() -> !two.troubles().isEmpty());
    awaitPlace(two, "10.99.0.1");
    one.publish(with());
    two.publish(with(CARD));
    etcd.start();
    awaitPlace(one, "10.99.0.2");
    await("all is well").atMost(SOON).until(() -> one.troubles().isEmpty());
  }

  @Test
  void anEtcdThatLostEverythingIsToldAgainAndNobodyForgotIt() {
    settle();
    etcd.kill();
    etcd.wipe();
    etcd.start();
    await("h1 has said it again")
        .atMost(SOON)
        .until(() -> etcd.etcdctl("get", "--prefix", "/vxland/1/ports/10.99.0.1/").contains("vm1"));
    awaitPlace(two, "10.99.0.1");
  }

  @Test
  void whatIsNotUnderstoodIsToldAndHarmsNothing() {
    settle();
    etcd.etcdctl("put", "/vxland/1/hosts/not-an-address", "{}");
    etcd.etcdctl("put", "/vxland/1/ports/10.99.0.9/5001/52:54:00:00:00:02", "{\"sequence\":-1}");
    await("it is told")
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(two.troubles())
                    .singleElement()
                    .satisfies(
                        trouble ->
                            assertThat(trouble.message())
                                .startsWith(
                                    "2 keys are not understood, such as /vxland/1/hosts/not")
                                .contains("'not-an-address' is not an IPv4 or IPv6 address")));
    etcd.etcdctl("del", "/vxland/1/hosts/not-an-address");
    etcd.etcdctl("del", "/vxland/1/ports/10.99.0.9/5001/52:54:00:00:00:02");
    await("all is well again").atMost(SOON).until(() -> two.troubles().isEmpty());
    awaitPlace(two, "10.99.0.1");
  }

  @Test
  void aHostThatLostItsPlaceInTheHistoryReadsAllAnew() {
    settle();
    etcd.etcdctl("put", "/other", "1");
    String revision =
        etcd.etcdctl("get", "/other", "-w", "fields")
            .lines()
            .filter(line -> line.startsWith("\"Revision\""))
            .map(line -> line.replaceAll("\\D", ""))
            .findFirst()
            .orElseThrow();
    etcd.etcdctl("compact", revision);
    two.publish(with(CARD));
    awaitPlace(one, "10.99.0.2");
  }
}
