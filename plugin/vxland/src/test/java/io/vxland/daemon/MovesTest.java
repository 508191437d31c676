package io.vxland.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.api.Migration;
import io.vxland.config.Configurations;
import io.vxland.migration.Event;
import io.vxland.model.Handover;
import io.vxland.model.InterfaceName;
import io.vxland.model.Knowledge;
import io.vxland.model.LocalPort;
import io.vxland.model.Location;
import io.vxland.model.MacAddress;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import io.vxland.plan.Change;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is done at once when a VM leaves, comes, or stays after all, and what is written down. */
class MovesTest {
  private static final UUID VM = new UUID(0, 1);
  private static final Vni VNI = new Vni(5001);
  private static final MacAddress MAC = MacAddress.parse("52:54:00:00:00:01");
  private static final InterfaceName TAP = new InterfaceName("vnet0");
  private static final InterfaceName TUNNEL = new InterfaceName("vxmig5001");
  private static final InterfaceName VXLAN = new InterfaceName("vxlan5001");
  private static final Vtep HERE = Vtep.parse("10.99.0.1");
  private static final Vtep THERE = Vtep.parse("10.99.0.2");

  private final World world = new World(Configurations.withPeers(THERE));
  private final RecordingCutover cutover = new RecordingCutover();
  private final List<String> announced = new ArrayList<>();
  private final AtomicInteger wakes = new AtomicInteger();

  /** The cards of which others were told, each time. */
  private final List<Set<LocalPort>> told = new CopyOnWriteArrayList<>();

  private final List<String> asked = new ArrayList<>();
  private boolean networkDown;
  private volatile Runnable onWake = () -> {};
  private final Journal journal =
      new Journal(
          Clock.systemUTC(),
          () ->
              new Journal.Surroundings() {
                @Override
                public Optional<Vtep> vtep() {
                  return Optional.of(HERE);
                }

                @Override
                public String network(Vni vni) {
                  return "blue";
                }

                @Override
                public List<Vtep> peers(Vni vni) {
                  return List.of(THERE);
                }
              });
  private final Moves moves =
      new Moves(
          world,
          cutover,
          card -> {
            if (networkDown) {
              throw new IOException("Network is down");
            }
            announced.add(card.vni() + " " + card.mac());
          },
          journal,
          () -> told.add(world.view().ports()),
          () -> {
            wakes.incrementAndGet();
            onWake.run();
          },
          new Moves.Questions() {
            @Override
            public void inventory() {
              asked.add("inventory");
            }

            @Override
            public void copyState(UUID domain) {
              asked.add("copy of " + domain);
            }
          });

  @AfterEach
  void stop() {
    moves.close();
  }

  private static LocalPort port() {
    return new LocalPort(
        VM,
        "vm",
        MAC,
        VNI,
        new InterfaceName("br5001"),
        Optional.of(TAP),
        Optional.empty(),
        LocalPort.State.HERE);
  }

  private void happened(Event event) {
    moves.domain(VM, event, System.nanoTime());
  }

  private void followedUp() {
    try {
      moves.awaitFollowUps();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private List<Migration> written() {
    followedUp();
    return journal.migrations().migrations();
  }

  private Migration last() {
    List<Migration> all = written();
    return all.get(all.size() - 1);
  }

  private void leave() {
    cutover.devices.add(TUNNEL);
    moves.plugged(List.of(port()));
    happened(Event.COPYING);
    happened(Event.PAUSED);
  }

  @Test
  void aPausedVmsFramesAreTurnedIntoTheTunnelAtOnce() {
    leave();
    assertThat(cutover.applied).containsExactly(new Change.PlaceBehindPort(TUNNEL, MAC));
    assertThat(world.view().handovers())
        .containsExactly(new Handover.Redirect(VNI, MAC, Optional.empty()));
    assertThat(last().state()).isEqualTo(Migration.State.REDIRECTING);
    assertThat(last().slowestReactionMs()).isPositive();
  }

  @Test
  void theTunnelIsLookedUpWhileTheMemoryIsCopied() {
    moves.plugged(List.of(port()));
    followedUp();
    assertThat(cutover.prepared).isEmpty();
    happened(Event.COPYING);
    followedUp();
    assertThat(cutover.prepared).containsExactly(TUNNEL);
  }

  @Test
  void aHaltWhileTheMemoryIsCopiedIsTakenForThePauseUntilLibvirtSaysOtherwise() {
    cutover.devices.add(TUNNEL);
    cutover.devices.add(TAP);
    moves.plugged(List.of(port()));
    happened(Event.HALTED);
    assertThat(cutover.applied).as("nobody copies it").isEmpty();
    happened(Event.COPYING);
    happened(Event.HALTED);
    happened(Event.PAUSED);
    assertThat(cutover.applied).containsExactly(new Change.PlaceBehindPort(TUNNEL, MAC));
    happened(Event.HELD);
    followedUp();
    assertThat(cutover.applied).last().isEqualTo(new Change.PlaceOnPort(TAP, MAC));
    assertThat(world.view().handovers()).containsExactly(new Handover.Ready(VNI, MAC));
  }

  @Test
  void thePauseIsNotBehindAnythingThatIsWrittenDown() {
    CountDownLatch busy = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(1);
    cutover.devices.add(TUNNEL);
    moves.plugged(List.of(port()));
    followedUp();
    onWake =
        () -> {
          busy.countDown();
          await(released);
        };
    happened(Event.COPYING);
    await(busy);
    happened(Event.PAUSED);
    assertThat(cutover.applied).containsExactly(new Change.PlaceBehindPort(TUNNEL, MAC));
    assertThat(world.view().handovers()).hasOnlyElementsOfType(Handover.Redirect.class);
    released.countDown();
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void withoutATunnelTheReconcilerMakesBoth() {
    moves.plugged(List.of(port()));
    followedUp();
    int before = wakes.get();
    happened(Event.PAUSED);
    assertThat(cutover.applied).isEmpty();
    followedUp();
    assertThat(wakes.get()).isGreaterThan(before);
    assertThat(world.view().handovers())
        .containsExactly(new Handover.Redirect(VNI, MAC, Optional.empty()));
  }

  @Test
  void aRefusedRedirectIsTriedAgainByTheReconciler() {
    cutover.refusal = "ENOBUFS";
    leave();
    assertThat(world.view().handovers())
        .containsExactly(new Handover.Redirect(VNI, MAC, Optional.empty()));
    assertThat(last().slowestReactionMs()).isZero();
  }

  @Test
  void aVmThatComesBackIsTakenBackAndAnnounced() {
    leave();
    moves.heard(VXLAN, MAC);
    cutover.devices.add(TAP);
    happened(Event.RUNNING);
    followedUp();
    assertThat(cutover.applied).last().isEqualTo(new Change.PlaceOnPort(TAP, MAC));
    assertThat(announced).containsExactly(VNI + " " + MAC);
    assertThat(world.view().handovers()).containsExactly(new Handover.Ready(VNI, MAC));
    assertThat(last().outcome()).isEqualTo(Migration.Outcome.CANCELLED);
  }

  @Test
  void aVmThatCannotBeAnnouncedIsTakenBackAllTheSame() {
    leave();
    networkDown = true;
    cutover.devices.add(TAP);
    happened(Event.RUNNING);
    followedUp();
    assertThat(cutover.applied).last().isEqualTo(new Change.PlaceOnPort(TAP, MAC));
    assertThat(last().outcome()).isEqualTo(Migration.Outcome.CANCELLED);
  }

  @Test
  void aVmThatHasLeftIsWrittenDownWithItsPauseAndItsPlace() {
    cutover.devices.add(TUNNEL);
    moves.plugged(List.of(port()));
    happened(Event.COPYING);
    followedUp();
    journal.sent(VNI, 100);
    happened(Event.PAUSED);
    cutover.places.put(MAC, THERE);
    moves.heard(VXLAN, MAC);
    followedUp();
    journal.sent(VNI, 107);
    happened(Event.GONE);
    assertThat(last().state()).isEqualTo(Migration.State.SETTLING);
    assertThat(last().source()).isEqualTo(HERE.toString());
    assertThat(last().destination()).isEqualTo(THERE.toString());
    assertThat(last().pauseMs()).isPositive();
    assertThat(last().allFrames()).isEqualTo(7);
    assertThat(last().peers())
        .singleElement()
        .satisfies(peer -> assertThat(peer.reason()).contains("do not confirm"));
  }

  @Test
  void whatEtcdSaysEndsTheRedirectWhenAllOtherHostsHaveHeardItToo() {
    leave();
    Location there = new Location(MAC, THERE, List.of());
    Knowledge known = new Knowledge(true, Map.of(), Map.of(VNI, List.of(there)));
    moves.placed(new Unplaced("etcd", known));
    followedUp();
    assertThat(world.view().handovers())
        .containsExactly(new Handover.Redirect(VNI, MAC, Optional.empty()));
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> world.view().handovers().equals(Set.of(new Handover.Late(VNI, MAC))));
    assertThat(last().destination()).isEqualTo(THERE.toString());
    assertThat(last().pauseMs()).isLessThan(200);
  }

  @Test
  void whatTheTunnelHadSentBeforeIsNotThisVms() {
    leave();
    followedUp();
    journal.sent(VNI, 107);
    assertThat(last().allFrames()).as("not known").isEqualTo(-1);
  }

  @Test
  void aVmThatRunsBeforeItIsHeardGetsItsFramesBeforeOtherHostsAreTold() {
    cutover.devices.add(TAP);
    moves.expected(List.of(port()));
    moves.plugged(List.of(port()));
    followedUp();
    told.clear();
    cutover.onReceive = () -> assertThat(told).isEmpty();
    happened(Event.RUNNING);
    followedUp();
    assertThat(cutover.applied).containsExactly(new Change.PlaceOnPort(TAP, MAC));
    assertThat(told).hasSize(1);
  }

  @Test
  void aVmThatArrivesIsHereWhenItIsHeardOnItsTap() {
    moves.expected(List.of(port()));
    moves.plugged(List.of(port()));
    assertThat(world.view().handovers())
        .containsExactly(new Handover.Delivery(VNI, MAC, TAP, false));
    moves.heard(new InterfaceName("vnet9"), MAC);
    assertThat(world.view().ports())
        .extracting(LocalPort::state)
        .containsOnly(LocalPort.State.INCOMING);
    moves.heard(TAP, MAC);
    assertThat(world.view().handovers())
        .containsExactly(new Handover.Delivery(VNI, MAC, TAP, true));
    assertThat(last().role()).isEqualTo(Migration.Role.DESTINATION);
    assertThat(last().state()).isEqualTo(Migration.State.SETTLING);
    assertThat(told.get(told.size() - 1))
        .extracting(LocalPort::state)
        .containsExactly(LocalPort.State.HERE);
  }

  @Test
  void anIncomingVmThatDoesNotComeLeavesNothing() {
    moves.expected(List.of(port()));
    moves.plugged(List.of(port()));
    happened(Event.GONE);
    assertThat(world.view().handovers()).isEmpty();
    assertThat(world.view().ports()).isEmpty();
    assertThat(last().outcome()).isEqualTo(Migration.Outcome.CANCELLED);
    followedUp();
    assertThat(journal.isIdle()).isTrue();
  }

  @Test
  void aVmThatIsSavedHasNotMigrated() {
    cutover.devices.add(TUNNEL);
    moves.plugged(List.of(port()));
    happened(Event.COPYING);
    happened(Event.GONE);
    moves.saved(VM);
    assertThat(written()).isEmpty();
  }

  @Test
  void anOfflineMigrationIsNoneThatIsToldOf() {
    moves.expected(List.of(port()));
    assertThat(written()).isEmpty();
    assertThat(world.view().handovers()).isEmpty();
  }

  @Test
  void aVmThatGoesOnBeforeItHasSettledIsTwoMigrations() {
    cutover.devices.add(TUNNEL);
    moves.expected(List.of(port()));
    moves.plugged(List.of(port()));
    moves.heard(TAP, MAC);
    happened(Event.COPYING);
    happened(Event.PAUSED);
    assertThat(written())
        .extracting(Migration::role)
        .containsExactly(Migration.Role.DESTINATION, Migration.Role.SOURCE);
    assertThat(written().get(0).outcome()).isEqualTo(Migration.Outcome.ARRIVED);
    assertThat(cutover.applied).containsExactly(new Change.PlaceBehindPort(TUNNEL, MAC));
  }

  @Test
  void othersCardsAreNotTouched() {
    leave();
    followedUp();
    int wakesBefore = wakes.get();
    moves.domain(new UUID(0, 9), Event.PAUSED, System.nanoTime());
    moves.heard(VXLAN, MacAddress.parse("52:54:00:00:00:09"));
    moves.heard(new InterfaceName("vxlan5002"), MAC);
    followedUp();
    assertThat(wakes).hasValue(wakesBefore);
    assertThat(cutover.applied).hasSize(1);
  }

  @Test
  void aFrameOnTheTapOfAPausedVmMakesUsAskWhatIsTrue() {
    leave();
    moves.heard(TAP, MAC);
    followedUp();
    assertThat(asked).containsExactly("inventory");
    assertThat(world.view().handovers()).hasSize(1);
  }
}
