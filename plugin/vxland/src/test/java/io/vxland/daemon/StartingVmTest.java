package io.vxland.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.vxland.api.HookEvent;
import io.vxland.api.HookVerdict;
import io.vxland.model.InterfaceName;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** What the hook of a VM that starts waits for, and for how long. */
class StartingVmTest extends HookScene {
  @Test
  void withoutAnUplinkANetworkIsRefusedButAVmOnAStandingBridgeStarts() throws Exception {
    network("start", "blue", "5001", "br5001");
    dataplane.underlay = Optional.empty();
    reconciler.passNow(java.time.Duration.ofSeconds(5));
    assertThat(qemu("start", VM, MAC, "blue").goOn()).isTrue();
    HookVerdict verdict = network("start", "green", "5002", "br5002");
    assertThat(verdict.goOn()).isFalse();
    assertThat(verdict.reason()).contains("10.99.0.1");
  }

  /** Of its metadata, or by its network: libvirt has made the tap, and QEMU is not there yet. */
  @Test
  void aTapThatMaySendOnlyWhatIsItsOwnIsFilteredWhenTheHookReturns() throws Exception {
    network("start", "blue", "5001", "br5001");
    String strict =
        "<metadata><vx:ports xmlns:vx='urn:vxland:port:1'><vx:port mac='"
            + MAC
            + "' port-security='strict'/></vx:ports></metadata><devices>";
    String vm = running("blue", ID, "vnet0").replace("<devices>", strict);
    CountDownLatch busy = new CountDownLatch(1);
    dataplane.busy = busy;
    CompletableFuture<Set<InterfaceName>> whenItReturned =
        CompletableFuture.supplyAsync(
            () -> {
              hooks.handle(event(HookEvent.Driver.QEMU, "start", vm));
              return filtered();
            });
    // One that does not wait has returned long before the loop goes on.
    assertThatThrownBy(() -> whenItReturned.get(200, TimeUnit.MILLISECONDS))
        .isInstanceOf(TimeoutException.class);
    dataplane.busy = null;
    busy.countDown();
    assertThat(whenItReturned.join()).containsExactly(new InterfaceName("vnet0"));
  }

  @Test
  void anyOtherTapIsFilteredWithoutTheHooksWaitingForIt() {
    network("start", "blue", "5001", "br5001");
    hooks.handle(event(HookEvent.Driver.QEMU, "start", running("blue", ID, "vnet0")));
    await().untilAsserted(() -> assertThat(filtered()).containsExactly(new InterfaceName("vnet0")));
  }

  @Test
  void aHookIsBoundedAsAWholeHoweverManyNicsItsVmHas() throws Exception {
    StringBuilder nics = new StringBuilder();
    for (int i = 1; i <= 12; i++) {
      network("start", "net" + i, "600" + i, "br600" + i);
      nics.append("<interface type='bridge'><mac address='52:54:00:aa:01:%02d'/>".formatted(i))
          .append("<source network='net%d' bridge='br600%d'/></interface>".formatted(i, i));
    }
    String vm =
        "<domain type='qemu'><name>wide</name><uuid>%s</uuid><devices>%s</devices></domain>"
            .formatted(VM, nics);
    CountDownLatch busy = new CountDownLatch(1);
    dataplane.busy = busy;
    world.configure(world.configuration());
    try {
      // Twelve bounds would be 18 s.
      HookVerdict verdict =
          assertTimeoutPreemptively(
              Duration.ofSeconds(6), () -> hooks.handle(event(HookEvent.Driver.QEMU, "start", vm)));
      assertThat(verdict.goOn()).as("a VM starts on networks that stand").isTrue();
    } finally {
      dataplane.busy = null;
      busy.countDown();
    }
    await().atMost(Duration.ofSeconds(10)).until(() -> ports().size() == 12);
  }

  @Test
  void onePassTellsOfAllNetworksOfAVm() throws Exception {
    network("start", "blue", "5001", "br5001");
    network("start", "red", "5002", "br5002");
    dataplane.underlay = Optional.empty();
    reconciler.passNow(Duration.ofSeconds(5));
    dataplane.reads.set(0);
    String vm =
        "<domain type='qemu'><name>two</name><uuid>%s</uuid><devices>%s</devices></domain>"
            .formatted(
                VM,
                "<interface type='bridge'><mac address='52:54:00:aa:01:01'/>"
                    + "<source network='blue' bridge='br5001'/></interface>"
                    + "<interface type='bridge'><mac address='52:54:00:aa:01:02'/>"
                    + "<source network='red' bridge='br5002'/></interface>");
    hooks.handle(event(HookEvent.Driver.QEMU, "restore", vm));
    assertThat(dataplane.reads).hasValue(1);
  }
}
