package io.vxland.libvirt;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** In which order, and on which thread, the listener hears what happened. */
@Timeout(60)
class DeliveriesTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final List<String> heard = new CopyOnWriteArrayList<>();
  private final Deliveries deliveries = new Deliveries(new Silent(), () -> {});

  /** The messages of these tests do not ask it for anything. */
  private static final class Silent implements LibvirtListener {
    @Override
    public void connected(Inventory inventory) {}

    @Override
    public void inventory(Inventory inventory) {}

    @Override
    public void domainChanged(DomainEvent event) {}

    @Override
    public void copying(CopyPass pass) {}

    @Override
    public void copyEnded(UUID domain) {}

    @Override
    public void metadataChanged(UUID domain) {}

    @Override
    public void devicesChanged(UUID domain) {}

    @Override
    public void looked(Look look) {}

    @Override
    public void halted(Halt halt) {}

    @Override
    public void networkChanged(NetworkEvent event) {}

    @Override
    public void unanswered(String function, long since) {}

    @Override
    public void answered(String function) {}

    @Override
    public void disconnected(String reason) {}
  }

  @AfterEach
  void end() {
    deliveries.close(LIMIT);
  }

  private void event(String name) {
    deliveries.event(listener -> heard.add(name));
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void anEventThatIsTheOnlyOneIsHeardBeforeItsThreadGoesOn() {
    Thread[] thread = new Thread[1];
    deliveries.event(listener -> thread[0] = Thread.currentThread());
    assertThat(thread[0]).isSameAs(Thread.currentThread());
  }

  @Test
  void anEventDoesNotOvertakeWhatIsBeingHeard() {
    CountDownLatch hearing = new CountDownLatch(1);
    CountDownLatch on = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    deliveries.always(
        listener -> {
          hearing.countDown();
          await(on);
          heard.add("inventory");
        });
    await(hearing);
    event("first");
    event("second");
    deliveries.always(listener -> end.countDown());
    assertThat(heard).isEmpty();
    on.countDown();
    await(end);
    assertThat(heard).containsExactly("inventory", "first", "second");
  }

  @Test
  void anEventDoesNotOvertakeAnotherThreadsEventThatIsBeingHeard() throws Exception {
    CountDownLatch hearing = new CountDownLatch(1);
    CountDownLatch on = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    Thread other =
        new Thread(
            () ->
                deliveries.event(
                    listener -> {
                      hearing.countDown();
                      await(on);
                      heard.add("first");
                    }));
    other.start();
    await(hearing);
    event("second");
    deliveries.always(listener -> end.countDown());
    on.countDown();
    other.join();
    await(end);
    assertThat(heard).containsExactly("first", "second");
  }
}
