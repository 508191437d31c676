package io.vxland.tests.openflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vxland.openflow.SwitchWatch;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Whoever keeps flows in ovs-vswitchd hears when it ends and when it is back. */
class SwitchWatchTest {
  private static final Duration BOUND = Duration.ofSeconds(60);

  @Test
  void theEndAndTheReturnOfTheSwitchAreNewsAndADeletedBridgeIsNone() throws Exception {
    AtomicInteger news = new AtomicInteger();
    try (OpenVswitch ovs = OpenVswitch.up();
        SwitchWatch watch = new SwitchWatch(news::incrementAndGet)) {
      ovs.vsctl("add-br", "br1", "--", "set", "bridge", "br1", "datapath_type=netdev");
      await().atMost(BOUND).until(() -> Files.exists(ovs.socket("br1")));
      watch.over(Set.of(ovs.socket("br0"), ovs.socket("br1")));
      watch.over(Set.of(ovs.socket("br1")));
      ovs.vsctl("del-br", "br0");

      ovs.killDaemon();
      await("it has gone").atMost(BOUND).until(() -> news.get() == 1);
      ovs.startDaemon();
      await("it is back").atMost(BOUND).until(() -> news.get() == 2);

      watch.over(Set.of());
      ovs.vsctl("del-br", "br1");
      assertThat(news).hasValue(2);
    }
  }
}
