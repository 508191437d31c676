package io.vxland.tests.migration;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.tests.lab.Lab;
import io.vxland.tests.lab.LabExtension;
import io.vxland.tests.lab.Result;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The ways that libvirt has to take a VM to another host, or away and back; the same whoever tells
 * the hosts where it is.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class MigrationKinds {
  @RegisterExtension final LabExtension labs;
  @RegisterExtension final HungGuests hung = new HungGuests(this::replaceHungGuests);

  private static final Vm VM = new Vm("a", 1);
  private static final Vm SAVED = new Vm("b", 2);
  private static final Vm CARDS = new Vm("c", 3);

  private final Journeys.Places places;
  private Journeys journeys;
  private int where = 1;

  /**
   * Creates it.
   *
   * @param places how hosts get to know where a VM is
   * @param control the control plane
   */
  MigrationKinds(Journeys.Places places, String control) {
    this.places = places;
    this.labs = new LabExtension(() -> Lab.up("migkinds", 3, "--control", control));
  }

  @BeforeAll
  void startTheVm() {
    journeys = new Journeys(lab(), places);
    journeys.start(VM, 1);
  }

  /** The third host is neither end of the next migration. */
  private int next() {
    return where % ThreeHosts.COUNT + 1;
  }

  private int third() {
    return next() % ThreeHosts.COUNT + 1;
  }

  private boolean replaceHungGuests() {
    OptionalInt replaced = journeys.replaceIfHung(VM);
    where = replaced.orElse(where);
    return journeys.replaceIfHung(CARDS).isPresent() || replaced.isPresent();
  }

  private Lab lab() {
    return labs.lab();
  }

  private String virsh(int host, String... command) {
    String[] all = new String[command.length + 1];
    all[0] = "virsh";
    System.arraycopy(command, 0, all, 1, command.length);
    return lab().host(host, all).must();
  }

  private boolean isDefined(Vm vm, int host) {
    return lab().host(host, "virsh", "dominfo", vm.name()).ok();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--live --p2p",
        "--live --p2p --tunnelled",
        "--live --persistent --undefinesource",
      })
  void aRunningVmArrivesAndIsReachedAllTheTime(String options) {
    int from = where;
    int to = next();
    try (Watch ping = journeys.pinging(third(), VM)) {
      journeys.migrate(VM, from, to, options.split(" ")).must();
      where = to;
      journeys.mustHaveLostFew(ping);
    }
    if (options.contains("--undefinesource")) {
      assertThat(isDefined(VM, from)).isFalse();
      assertThat(virsh(to, "dominfo", VM.name())).containsPattern("Persistent:\\s+yes");
    }
    journeys.mustHaveEndedOn(where, VM);
  }

  @Test
  void aVmThatIsSwitchedToPostCopyArrivesAndIsReachedAllTheTime() {
    int to = next();
    try (Watch events =
            Watch.of(lab().start(to, "virsh", "event", "--event", "lifecycle", "--loop"));
        Watch ping = journeys.pinging(third(), VM)) {
      CompletableFuture<Result> migration =
          journeys.migrating(VM, where, to, "--live", "--postcopy", "--bandwidth", "20");
      journeys.awaitCopying(VM, where);
      virsh(where, "migrate-postcopy", VM.name());
      migration.join().must();
      where = to;
      events.await("it is resumed for post-copy", line -> line.contains("Resumed Post-copy"));
      journeys.mustHaveLostFew(ping);
    }
    journeys.mustHaveEndedOn(where, VM);
  }

  @Test
  void aPausedVmStaysPausedAndIsReachedOnceItIsResumed() {
    int to = next();
    virsh(where, "suspend", VM.name());
    journeys.migrate(VM, where, to, "--live").must();
    where = to;
    assertThat(journeys.state(VM, where)).startsWith("paused");
    journeys.mustHaveLeftNothing();
    assertThat(journeys.state(VM, where)).startsWith("paused");

    virsh(where, "resume", VM.name());
    journeys.mustHaveEndedOn(where, VM);
  }

  @Test
  void aVmThatIsToBePausedOnArrivalIsReachedOnceItIsResumed() {
    int to = next();
    journeys.migrate(VM, where, to, "--live", "--suspend").must();
    where = to;
    assertThat(journeys.state(VM, where)).startsWith("paused");

    virsh(where, "resume", VM.name());
    journeys.mustHaveEndedOn(where, VM);
  }

  @Test
  void theDefinitionOfAVmThatDoesNotRunArrivesWithoutAnyTrace() {
    lab().guest(1, "d", "--network", "blue", "--define-only").must();
    Vm shut = new Vm("d", 4);
    journeys.migrate(shut, 1, 2, "--offline", "--persistent").must();
    assertThat(virsh(2, "domstate", "d").strip()).isEqualTo("shut off");
    assertThat(virsh(1, "domstate", "d").strip()).isEqualTo("shut off");
    assertThat(journeys.placesOf(shut)).isEmpty();
    journeys.mustHaveLeftNothing();
    assertThat(virsh(2, "dominfo", "d")).containsPattern("Persistent:\\s+yes");
  }

  @Test
  void aSavedAndRestoredVmIsReachedWhereItWas() {
    journeys.start(SAVED, 2);
    journeys.mustBeReached(2, SAVED);
    virsh(2, "managedsave", SAVED.name());
    assertThat(journeys.placesOf(SAVED)).isEmpty();
    journeys.mustHaveLeftNothing();

    virsh(2, "start", SAVED.name());
    journeys.mustHaveEndedOn(2, SAVED);
    virsh(2, "destroy", SAVED.name());
  }

  @Test
  void allCardsOfAVmMoveAndWhatIsNoneOfOursIsLeftAlone() {
    for (int host = 1; host <= ThreeHosts.COUNT; host++) {
      lab().host(host, "sh", "-c", "ip link add brx type bridge; ip link set brx up").must();
    }
    lab().host(1, "virsh", "undefine", "c");
    lab().guest(1, "c", "--network", "blue", "--mac", CARDS.mac(), "--define-only").must();
    attach("network", "network='green'", "52:54:00:00:01:0c");
    attach("bridge", "bridge='brx'", "52:54:00:00:02:0c");
    virsh(1, "start", "c");
    lab().waitGuest(1, "c").must();
    String addresses =
        "ip addr add 10.50.0.3/24 dev eth0; ip addr add 10.60.0.3/24 dev eth1; ip link set eth1 up";
    lab().inGuest(1, "c", addresses).must();
    lab().inEndpoint(3, "g", "ping", "-c", "1", "-W", "10", "10.60.0.3").must();

    try (Watch blue = journeys.pinging(3, CARDS);
        Watch green = journeys.pinging(3, "g", "10.60.0.3");
        Watch links = Watch.of(lab().start(2, "ip", "monitor", "link"))) {
      journeys.migrate(CARDS, 1, 2, "--live").must();
      journeys.mustHaveLostFew(blue);
      journeys.mustHaveLostFew(green);
      assertThat(links.lines()).anyMatch(line -> line.contains("vxmig5002"));
    }
    journeys.mustHaveEndedOn(2, CARDS);
    journeys.mustBeKnownOn(2, "52:54:00:00:01:0c", 5002);
    String tap = lab().host(2, "ls", "/sys/class/net/brx/brif").must().strip();
    assertThat(Journeys.json(lab().host(2, "ip", "-j", "-d", "link", "show", tap).must()))
        .hasSize(1)
        .allMatch(link -> link.path("inet6_addr_gen_mode").asText().equals("eui64"));
  }

  private void attach(String type, String source, String mac) {
    String card =
        "<interface type='%s'><mac address='%s'/><source %s/><model type='virtio'/><rom enabled='no'/></interface>"
            .formatted(type, mac, source);
    lab().hostWithInput(1, card, "virsh", "attach-device", "--config", "c", "/dev/stdin").must();
  }
}
