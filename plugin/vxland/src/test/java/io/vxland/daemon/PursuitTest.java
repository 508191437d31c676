package io.vxland.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.config.Configurations;
import io.vxland.control.ControlPlane.Move;
import io.vxland.dataplane.DataplaneException;
import io.vxland.dataplane.Repointing;
import io.vxland.model.InterfaceName;
import io.vxland.model.LocalPort;
import io.vxland.model.MacAddress;
import io.vxland.model.Network;
import io.vxland.model.NetworkName;
import io.vxland.model.OverlayOptions;
import io.vxland.model.Template;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Which cards are followed before the loop's next turn. */
class PursuitTest {
  private static final Vni VNI = new Vni(5001);
  private static final MacAddress MAC = MacAddress.parse("52:54:00:00:00:01");
  private static final Vtep THERE = Vtep.parse("10.99.0.3");

  private final World world = new World(Configurations.withPeers());
  private final List<Move> followed = new ArrayList<>();
  private boolean refused;
  private final Pursuit pursuit =
      new Pursuit(
          world,
          new Repointing() {
            @Override
            public void forget(Vni network, MacAddress mac) {
              throw new AssertionError("nothing is to be forgotten");
            }

            @Override
            public boolean repoint(Vni network, MacAddress mac, Vtep host)
                throws DataplaneException {
              if (refused) {
                throw new DataplaneException("No buffer space available", null);
              }
              return followed.add(new Move(network, mac, host));
            }

            @Override
            public void close() {}
          });

  private void network(Template template) {
    Network network =
        new Network(
            new NetworkName("blue"),
            VNI,
            Optional.of(new InterfaceName("br5001")),
            template,
            Network.Origin.LIBVIRT,
            OverlayOptions.DEFAULTS);
    world.network(new World.LibvirtNetwork(network, true, true));
  }

  private void follow(int vni) {
    pursuit.follow(new Move(new Vni(vni), MAC, THERE));
  }

  @Test
  void aCardInANetworkOfThisHostIs() {
    network(Template.BRIDGE);
    follow(5001);
    follow(5002);
    assertThat(followed).containsExactly(new Move(VNI, MAC, THERE));
  }

  @Test
  void aCardThatIsOrWillBeHereIsNot() {
    network(Template.BRIDGE);
    world.plugged(
        new LocalPort(
            new UUID(0, 1),
            "vm",
            MAC,
            VNI,
            new InterfaceName("br5001"),
            Optional.empty(),
            Optional.empty(),
            LocalPort.State.INCOMING));
    follow(5001);
    assertThat(followed).isEmpty();
  }

  @Test
  void aCardOnASwitchIsNot() {
    network(Template.OVS_TUN);
    follow(5001);
    assertThat(followed).isEmpty();
  }

  @Test
  void theKernelsRefusalIsLeftToTheLoop() {
    network(Template.BRIDGE);
    refused = true;
    follow(5001);
    refused = false;
    follow(5001);
    assertThat(followed).hasSize(1);
  }
}
