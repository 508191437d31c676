package io.vxland.plan;

import static io.vxland.plan.TunnelWorlds.BLUE;
import static io.vxland.plan.TunnelWorlds.CARD;
import static io.vxland.plan.TunnelWorlds.INCOMING;
import static io.vxland.plan.TunnelWorlds.OTHER;
import static io.vxland.plan.TunnelWorlds.READY;
import static io.vxland.plan.TunnelWorlds.REDIRECT;
import static io.vxland.plan.TunnelWorlds.TAP;
import static io.vxland.plan.TunnelWorlds.TUNNEL;
import static io.vxland.plan.TunnelWorlds.TUNNEL_VNI;
import static io.vxland.plan.TunnelWorlds.blue;
import static io.vxland.plan.TunnelWorlds.inputs;
import static io.vxland.plan.TunnelWorlds.network;
import static io.vxland.plan.TunnelWorlds.tunnel;
import static io.vxland.plan.Worlds.SECOND;
import static io.vxland.plan.Worlds.SELF;
import static io.vxland.plan.Worlds.THIRD;
import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.model.Flooding;
import io.vxland.model.Handover;
import io.vxland.model.IpAddress;
import io.vxland.model.Network;
import io.vxland.model.OverlayOptions;
import io.vxland.model.OverlayOptions.Replication;
import io.vxland.model.UdpPort;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which migration tunnel a network should have, case by case. */
class TunnelsTest {
  private static List<String> problems(Inputs inputs) {
    return Desire.of(inputs).problems().stream().map(Problem::toString).toList();
  }

  @Test
  void withoutAHandoverThereIsNone() {
    assertThat(tunnel(blue())).isEmpty();
    assertThat(tunnel(blue(new Handover.Ready(new Vni(5002), CARD)))).isEmpty();
  }

  @Test
  void itIsTheNetworksDeviceAgainUnderAnotherVniWithoutLearning() {
    Inputs inputs =
        inputs(
            Set.of(network(Flooding.ALL, new Replication.ControlPlane(), false)),
            List.of(SECOND, THIRD, SELF),
            READY);
    VxlanSpec own = Desire.of(inputs).segments().get(BLUE).vxlan();
    MigrationTunnel tunnel = tunnel(inputs).orElseThrow();
    VxlanSpec spec = tunnel.spec();
    assertThat(spec.name()).isEqualTo(TUNNEL);
    assertThat(spec.vni()).isEqualTo(TUNNEL_VNI);
    assertThat(spec.port()).isEqualTo(own.port()).isEqualTo(new UdpPort(8472));
    assertThat(spec.mtu()).isEqualTo(own.mtu());
    assertThat(spec.local()).isEqualTo(own.local());
    assertThat(spec.learning()).isFalse();
    assertThat(spec.mac()).isNotEqualTo(own.mac());
    assertThat(tunnel.replication()).containsExactly(SECOND.address(), THIRD.address());
  }

  @Test
  void itReachesEveryHostAlsoWhereTheNetworkFloodsNothing() {
    Inputs inputs =
        inputs(
            Set.of(network(Flooding.NOTHING, new Replication.ControlPlane(), true)),
            List.of(SECOND, THIRD, Vtep.parse("fd99::7")),
            READY);
    assertThat(Desire.of(inputs).segments().get(BLUE).replication()).isEmpty();
    assertThat(tunnel(inputs).orElseThrow().replication())
        .as("of this host's IP version")
        .containsExactly(SECOND.address(), THIRD.address());
  }

  @Test
  void aNetworkWithADestinationOfItsOwnUsesThat() {
    for (Replication own :
        List.of(
            new Replication.Remote(THIRD), new Replication.Group(IpAddress.parse("239.1.1.1")))) {
      Inputs inputs = inputs(Set.of(network(Flooding.ALL, own, false)), List.of(SECOND), READY);
      Segment segment = Desire.of(inputs).segments().get(BLUE);
      MigrationTunnel tunnel = segment.tunnel().orElseThrow();
      assertThat(tunnel.spec().destination()).isEqualTo(segment.vxlan().destination());
      assertThat(tunnel.spec().link()).isEqualTo(segment.vxlan().link());
      assertThat(tunnel.replication()).isEqualTo(segment.replication());
    }
  }

  @Test
  void withoutPeersThereIsNoneAndNothingIsAmiss() {
    Inputs alone = inputs(Set.of(Worlds.network("blue", 5001)), List.of(), REDIRECT);
    assertThat(tunnel(alone)).isEmpty();
    assertThat(problems(alone)).isEmpty();
  }

  @Test
  void aBareDeviceHasNone() {
    Network bare =
        new Network(
            Worlds.network("blue", 5001).name(),
            BLUE,
            Optional.empty(),
            Worlds.network("blue", 5001).template(),
            Network.Origin.CONFIGURATION,
            OverlayOptions.DEFAULTS);
    assertThat(tunnel(inputs(Set.of(bare), List.of(SECOND), REDIRECT))).isEmpty();
  }

  @Test
  void theLastVniHasNoneAndThatIsSaid() {
    Vni last = new Vni(0xFF_FFFF);
    Inputs inputs =
        inputs(
            Set.of(Worlds.network("last", last.value())),
            List.of(SECOND),
            new Handover.Ready(last, CARD));
    assertThat(Desire.of(inputs).segments().get(last).tunnel()).isEmpty();
    assertThat(problems(inputs))
        .containsExactly(
            "network 'last': frames for a VM that is paused by a migration are lost: no VNI is left"
                + " for the migration tunnel; choose another VNI");
  }

  @Test
  void aNetworkThatHasTheTunnelsVniKeepsItAndThatIsSaid() {
    Inputs inputs =
        inputs(
            Set.of(Worlds.network("blue", 5001), Worlds.network("mirror", TUNNEL_VNI.value())),
            List.of(SECOND),
            READY);
    assertThat(tunnel(inputs)).isEmpty();
    assertThat(problems(inputs))
        .containsExactly(
            "network 'blue': frames for a VM that is paused by a migration are lost: the migration"
                + " tunnel needs VNI 16772214, which belongs to network 'mirror'; choose another"
                + " VNI");
  }

  @Test
  void aRedirectIsInTheTunnelByHostWhereThatIsKnown() {
    MigrationTunnel tunnel =
        tunnel(
                blue(
                    new Handover.Redirect(BLUE, CARD, Optional.of(THIRD)),
                    new Handover.Redirect(BLUE, OTHER, Optional.empty())))
            .orElseThrow();
    assertThat(tunnel.unicast()).isEqualTo(Map.of(CARD, THIRD));
    assertThat(tunnel.redirected()).containsExactlyInAnyOrder(CARD, OTHER);
  }

  @Test
  void aHostThatCannotBeSentToIsAsGoodAsUnknown() {
    for (Vtep host : List.of(SELF, Vtep.parse("fd99::7"))) {
      MigrationTunnel tunnel =
          tunnel(blue(new Handover.Redirect(BLUE, CARD, Optional.of(host)))).orElseThrow();
      assertThat(tunnel.unicast()).isEmpty();
      assertThat(tunnel.redirected()).containsExactly(CARD);
    }
  }

  @Test
  void aCardThatComesBackIsNoLongerSentAway() {
    MigrationTunnel tunnel =
        tunnel(blue(new Handover.Redirect(BLUE, CARD, Optional.of(THIRD)), INCOMING)).orElseThrow();
    assertThat(tunnel.redirected()).isEmpty();
    assertThat(tunnel.unicast()).isEmpty();
    assertThat(tunnel.deliveries()).containsExactly(Map.entry(CARD, TAP));
  }
}
