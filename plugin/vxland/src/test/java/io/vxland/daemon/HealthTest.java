package io.vxland.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.api.Problem;
import io.vxland.config.Configurations;
import io.vxland.dataplane.Dataplane.Uplink;
import io.vxland.model.Vtep;
import io.vxland.os.ServiceNotifier;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HealthTest {
  private static final Vtep OWN = Vtep.parse("10.99.0.1");

  private final Health health =
      new Health(
          ServiceNotifier.fromEnvironment(Map.of()), new World(Configurations.withPeers(OWN)));

  @Test
  void aSubjectHasOneTroubleTheLatest() {
    health.trouble("memory", "No space left on device", "make room");
    health.trouble("memory", "Read-only file system", "remount it");
    assertThat(health.problems())
        .containsExactly(new Problem("memory", "Read-only file system", "remount it"));
    health.settled("memory");
    assertThat(health.problems()).isEmpty();
  }

  @Test
  void aFoundAddressThatIsAmongThePeersIsAProblemUntilItIsAnother() {
    health.report(at("10.99.0.1"));
    assertThat(health.problems())
        .extracting(Problem::message)
        .containsExactly(
            "[control] peers: 10.99.0.1 is this host's own address; list only the other hosts");
    health.report(at("10.99.0.2"));
    assertThat(health.problems()).isEmpty();
  }

  private static Outcome at(String address) {
    return Outcome.failed(
        1, new Uplink(Optional.of(Vtep.parse(address)), Optional.empty()), "nothing to read");
  }
}
