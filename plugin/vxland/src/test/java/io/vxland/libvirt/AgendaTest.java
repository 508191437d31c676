package io.vxland.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AgendaTest {
  private static final UUID VM = UUID.fromString("11111111-aaaa-0000-0000-000000000001");
  private static final UUID NETWORK = UUID.fromString("dddddddd-0000-0000-0000-000000000001");
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
  private final CountDownLatch held = new CountDownLatch(1);
  private final CountDownLatch holding = new CountDownLatch(1);
  private final Agenda agenda = new Agenda(new Listener());

  private final class Listener implements LibvirtListener {
    @Override
    public void connected(Inventory inventory) {
      heard.add("connected");
    }

    @Override
    public void inventory(Inventory inventory) {
      heard.add("inventory");
    }

    @Override
    public void domainChanged(DomainEvent event) {
      heard.add("vm " + event.kind());
    }

    @Override
    public void copyEnded(UUID domain) {}

    @Override
    public void copying(CopyPass pass) {
      heard.add("pass " + pass.pass());
    }

    @Override
    public void metadataChanged(UUID domain) {
      heard.add("metadata");
    }

    @Override
    public void devicesChanged(UUID domain) {
      heard.add("devices");
    }

    @Override
    public void looked(Look look) {
      heard.add("look at " + look.domain());
    }

    @Override
    public void halted(Halt halt) {
      heard.add("halt");
    }

    @Override
    public void networkChanged(NetworkEvent event) {
      heard.add("network " + event.kind());
    }

    @Override
    public void unanswered(String function, long since) {}

    @Override
    public void answered(String function) {}

    @Override
    public void disconnected(String reason) {
      heard.add(reason);
      try {
        holding.countDown();
        held.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @AfterEach
  void end() {
    held.countDown();
    agenda.deliveries().close(LIMIT);
  }

  private static DomainEvent vm(DomainEvent.Kind kind) {
    return new DomainEvent(VM, "vm", kind, 0, Instant.EPOCH, 0);
  }

  private static NetworkEvent network(NetworkEvent.Kind kind) {
    return new NetworkEvent(NETWORK, "blue", kind, Instant.EPOCH);
  }

  private boolean deliver(int round) {
    return agenda.deliver(Map.of(), Map.of(), round, LibvirtListener::inventory);
  }

  private long connect() {
    long session = agenda.beginSession();
    agenda.beginInventory();
    assertThat(agenda.deliver(Map.of(), Map.of(), 1, LibvirtListener::connected)).isTrue();
    return session;
  }

  private String next() throws InterruptedException {
    return heard.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
  }

  @Test
  void anInventoryIsNotOlderThanAnEventBeforeIt() throws Exception {
    long session = connect();
    agenda.beginInventory();
    agenda.domain(session, vm(DomainEvent.Kind.STARTED));
    agenda.network(session, network(NetworkEvent.Kind.STOPPED));

    assertThat(deliver(1)).isFalse();
    Agenda.Changes changes = agenda.takeChanges();
    assertThat(changes.domains()).containsExactly(VM);
    assertThat(changes.networks()).containsExactly(NETWORK);
    assertThat(deliver(2)).isTrue();

    assertThat(next()).isEqualTo("connected");
    assertThat(next()).isEqualTo("vm STARTED");
    assertThat(next()).isEqualTo("network STOPPED");
    assertThat(next()).isEqualTo("inventory");
  }

  @Test
  void aVmIsLookedAtOnceHoweverManyAskForIt() throws Exception {
    connect();
    UUID other = new UUID(0, 2);
    for (int i = 0; i < 1000; i++) {
      agenda.requestLook(VM);
      agenda.requestLook(other);
    }
    assertThat(agenda.next()).isEmpty();
    assertThat(agenda.nextLook()).contains(VM);
    assertThat(agenda.nextLook()).contains(other);
    assertThat(agenda.nextLook()).isEmpty();
  }

  @Test
  void aLookThatIsAskedForWhileAnInventoryIsReadIsInIt() {
    connect();
    agenda.beginInventory();
    agenda.requestLook(VM);
    assertThat(deliver(1)).isFalse();
    assertThat(agenda.takeChanges().domains()).containsExactly(VM);
  }

  @Test
  void whatWasToBeLookedAtAnInventoryTells() {
    connect();
    agenda.requestLook(VM);
    agenda.beginInventory();
    assertThat(agenda.nextLook()).isEmpty();
  }

  @Test
  void withoutAConnectionNobodyWaitsForALook() {
    agenda.requestLook(VM);
    assertThat(agenda.nextLook()).isEmpty();
    connect();
    agenda.requestLook(VM);
    agenda.endSession("gone");
    assertThat(agenda.nextLook()).isEmpty();
  }

  @Test
  void devicesThatComeOrGoAreToldAndReadAgainByAnInventory() throws Exception {
    long session = connect();
    agenda.beginInventory();
    agenda.devices(session, VM);
    assertThat(agenda.takeChanges().domains()).containsExactly(VM);
    assertThat(next()).isEqualTo("connected");
    assertThat(next()).isEqualTo("devices");
  }

  @Test
  void onAHostThatNeverRestsAnInventoryComesAndAnotherAfterIt() throws Exception {
    long session = connect();
    agenda.beginInventory();
    agenda.domain(session, vm(DomainEvent.Kind.STARTED));
    assertThat(deliver(11)).isTrue();
    assertThat(agenda.next()).isEmpty();
    assertThat(agenda.endReason()).isEmpty();
  }

  @Test
  void eventsBeforeTheFirstInventoryAreInIt() throws Exception {
    long session = agenda.beginSession();
    agenda.beginInventory();
    agenda.domain(session, vm(DomainEvent.Kind.STARTED));
    assertThat(agenda.takeChanges().domains()).containsExactly(VM);
    assertThat(agenda.deliver(Map.of(), Map.of(), 2, LibvirtListener::connected)).isTrue();
    agenda.domain(session, vm(DomainEvent.Kind.STOPPED));
    assertThat(next()).isEqualTo("connected");
    assertThat(next()).isEqualTo("vm STOPPED");
  }

  @Test
  void whatAnEndedSessionSaysIsIgnored() {
    long old = connect();
    assertThat(agenda.endSession("gone")).isTrue();
    assertThat(agenda.endSession("gone")).isFalse();
    long session = agenda.beginSession();
    agenda.closed(old, "late");
    agenda.domain(old, vm(DomainEvent.Kind.STOPPED));
    assertThat(agenda.endReason()).isEmpty();
    assertThat(agenda.takeChanges().domains()).isEmpty();
    agenda.closed(session, "now");
    agenda.closed(session, "again");
    assertThat(agenda.endReason()).isEqualTo(Optional.of("now"));
  }

  @Test
  void changedMetadataAreHeardAndReadAgainByAnInventoryThatIsOnItsWay() throws Exception {
    long session = connect();
    agenda.beginInventory();
    agenda.metadata(session, VM);
    agenda.metadata(session - 1, new UUID(9, 9));
    assertThat(deliver(1)).isFalse();
    assertThat(agenda.takeChanges().domains()).containsExactly(VM);
    assertThat(deliver(2)).isTrue();
    assertThat(next()).isEqualTo("connected");
    assertThat(next()).isEqualTo("metadata");
    assertThat(next()).isEqualTo("inventory");
  }

  @Test
  void aPassOfCopyingIsHeardInItsOrderAndChangesNoInventory() throws Exception {
    long session = connect();
    agenda.beginInventory();
    agenda.copying(session, new CopyPass(VM, "vm", 1, Instant.EPOCH, 0));
    agenda.copying(session - 1, new CopyPass(VM, "vm", 2, Instant.EPOCH, 0));
    assertThat(deliver(1)).isTrue();
    agenda.domain(session, vm(DomainEvent.Kind.SUSPENDED));
    assertThat(next()).isEqualTo("connected");
    assertThat(next()).isEqualTo("pass 1");
    assertThat(next()).isEqualTo("inventory");
    assertThat(next()).isEqualTo("vm SUSPENDED");
  }

  @Test
  void severalRequestsForAnInventoryAreOne() throws Exception {
    connect();
    agenda.requestInventory();
    agenda.requestInventory();
    assertThat(agenda.next()).isEmpty();
    agenda.beginInventory();
    Request request = new Request("try", operations -> {});
    agenda.add(request);
    assertThat(agenda.next()).contains(request);
  }

  @Test
  void requestsWithoutAConnectionAreRefusedAtOnce() throws Exception {
    Request early = new Request("start a network", operations -> {});
    agenda.add(early);
    assertThatThrownBy(() -> early.await(LIMIT))
        .isInstanceOf(LibvirtException.class)
        .hasMessage(
            "start a network: no connection to libvirt (not connected yet); nothing was changed");

    connect();
    Request waiting = new Request("start a network", operations -> {});
    agenda.add(waiting);
    agenda.endSession("gone");
    assertThatThrownBy(() -> waiting.await(LIMIT))
        .isInstanceOf(LibvirtException.class)
        .hasMessage("start a network: the connection to libvirt ended; nothing was changed");
  }

  @Test
  void aRequestThatNobodyTakesEndsInTimeAndIsNotMadeLater() {
    Request request =
        new Request(
            "start a network",
            operations -> {
              throw new AssertionError("made after it was given up");
            });
    assertThatThrownBy(() -> request.await(Duration.ofMillis(1)))
        .isInstanceOf(LibvirtException.class)
        .hasMessage("start a network: no answer from libvirt within 1 ms; nothing was changed");
    request.runWith(null);
  }

  @Test
  void eventsThatAListenerCannotTakeAreMadeUpForByAnInventory() throws Exception {
    long session = connect();
    agenda.deliveries().always(listener -> listener.disconnected("held up"));
    assertThat(holding.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    int sent = 40_000;
    for (int i = 0; i < sent; i++) {
      agenda.domain(session, vm(DomainEvent.Kind.STARTED));
    }
    held.countDown();
    assertThat(agenda.next()).isEmpty();
    assertThat(agenda.endReason()).isEmpty();
    assertThat(heard.size()).isBetween(10_000, 20_000);
  }

  @Test
  void aBugInTheListenerDoesNotEndTheDeliveries() throws Exception {
    BlockingQueue<Throwable> bugs = new LinkedBlockingQueue<>();
    agenda
        .deliveries()
        .always(
            listener -> {
              Thread.currentThread().setUncaughtExceptionHandler((thread, bug) -> bugs.add(bug));
              throw new IllegalStateException("a bug");
            });
    connect();
    assertThat(next()).isEqualTo("connected");
    assertThat(bugs.poll(LIMIT.toSeconds(), TimeUnit.SECONDS)).hasMessage("a bug");
  }

  @Test
  void aPauseEndsWhenLibvirtMayHaveCome() throws Exception {
    FutureTask<Boolean> pause = new FutureTask<>(() -> agenda.pause(Duration.ofHours(1)));
    new Thread(pause).start();
    agenda.hurry();
    assertThat(pause.get(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void whatComesDuringAnAttemptThatFailsEndsThePauseAfterIt() throws Exception {
    long unused = agenda.beginSession();
    agenda.hurry();
    agenda.endSession("Connection refused");
    assertThat(agenda.pause(Duration.ofHours(1))).isTrue();
    assertThat(agenda.pause(Duration.ofMillis(1))).as("once").isFalse();
  }

  @Test
  void whoIsConnectedNeedNotHurry() throws Exception {
    long unused = connect();
    agenda.hurry();
    agenda.endSession("gone");
    assertThat(agenda.pause(Duration.ofMillis(1))).isFalse();
  }
}
