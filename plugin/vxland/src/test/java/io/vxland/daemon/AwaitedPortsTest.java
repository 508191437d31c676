package io.vxland.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.model.LocalPort;
import io.vxland.model.MacAddress;
import io.vxland.model.Vni;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class AwaitedPortsTest {
  private static final UUID VM = new UUID(0, 1);
  private static final UUID ID = new UUID(1, 1);
  private static final UUID OTHER_ID = new UUID(1, 2);
  private static final LocalPort.Key BLUE =
      new LocalPort.Key(VM, new Vni(5001), MacAddress.parse("52:54:00:00:00:01"));
  private static final LocalPort.Key RED =
      new LocalPort.Key(VM, new Vni(6001), MacAddress.parse("52:54:00:00:00:01"));
  private static final long OVER = AwaitedPorts.LIMIT.toNanos() + 1;

  private final AwaitedPorts awaited = new AwaitedPorts();

  @Test
  void aPortIsAwaitedUntilItHasComeOrGone() {
    awaited.add(ID, BLUE, 0);
    awaited.add(OTHER_ID, RED, 0);
    awaited.remove(ID);
    assertThat(awaited.idOf(BLUE, 1)).isEmpty();
    assertThat(awaited.idOf(RED, 1)).contains(OTHER_ID);
    assertThat(awaited.any(VM, 1)).isTrue();
    awaited.remove(RED);
    assertThat(awaited.any(VM, 1)).isFalse();
  }

  @Test
  void whatDoesNotComeIsNotAwaitedForEver() {
    awaited.add(ID, BLUE, 0);
    assertThat(awaited.any(VM, OVER - 1)).isTrue();
    assertThat(awaited.any(VM, OVER)).isFalse();
    assertThat(awaited.idOf(BLUE, OVER)).isEmpty();
  }
}
