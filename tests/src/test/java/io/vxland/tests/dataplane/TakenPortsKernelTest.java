package io.vxland.tests.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.dataplane.Dataplane.Failure;
import io.vxland.dataplane.DataplaneException;
import io.vxland.plan.Inputs;
import io.vxland.tests.support.Netns;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Somebody else has the UDP port or the VNI: the failure says who, and it goes when they go. */
class TakenPortsKernelTest {
  private static final Inputs BLUE = Scene.BLUE.inputs();

  private Host host;

  @BeforeEach
  void up() throws DataplaneException {
    host = Host.up();
  }

  @AfterEach
  void down() {
    host.close();
  }

  private Failure failure() throws DataplaneException {
    List<Failure> failures = host.apply(host.plan(BLUE));
    assertThat(failures).hasSize(1);
    return failures.get(0);
  }

  @Test
  void aDeviceOfManyVnisHasThePort() throws DataplaneException {
    host.sh("ip link add fl1 type vxlan external dstport 4789; ip link set fl1 up");
    assertThat(failure().reason()).isEqualTo("UDP port 4789 is in use by device fl1");
    assertThat(failure().remedy()).startsWith("delete it, or choose another 'port'");
    host.sh("ip link del fl1");
    host.stand(BLUE);
  }

  @Test
  void aDeviceThatWasMovedToAnotherNamespaceHasTheVni() throws DataplaneException {
    try (Netns other = Netns.create()) {
      host.sh("ip link add v type vxlan id 5001 dstport 4789; ip link set v netns " + other.name());
      assertThat(failure().reason())
          .isEqualTo(
              "VNI 5001 on UDP port 4789 is in use by a VXLAN device that was moved to another"
                  + " network namespace");
      other.ip("link", "del", "v");
    }
    host.stand(BLUE);
  }

  @Test
  void aSocketThatIsNoDevicesIsSomebodys() throws DataplaneException {
    try (Netns other = Netns.create()) {
      host.sh(
          "ip link add v type vxlan external dstport 4789; ip link set v netns " + other.name());
      other.ip("link", "set", "v", "up");
      assertThat(failure().reason()).startsWith("UDP port 4789 is in use by a UDP socket");
      assertThat(failure().remedy()).contains("ss -ulnp sport = :4789");
      other.ip("link", "del", "v");
    }
    host.stand(BLUE);
  }

  @Test
  void devicesOfTheSameKindShareIt() throws DataplaneException {
    host.sh("ip link add fl1 type vxlan id 7 dstport 4789; ip link set fl1 up");
    host.stand(BLUE);
  }
}
