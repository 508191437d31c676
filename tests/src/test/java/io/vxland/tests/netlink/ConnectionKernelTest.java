package io.vxland.tests.netlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.vxland.netlink4j.DumpSink;
import io.vxland.netlink4j.Event;
import io.vxland.netlink4j.Group;
import io.vxland.netlink4j.RtnetlinkConnection;
import io.vxland.netlink4j.Subscription;
import io.vxland.netlink4j.model.Change;
import io.vxland.netlink4j.model.FdbEntry;
import io.vxland.netlink4j.model.IpAddress;
import io.vxland.netlink4j.model.Link;
import io.vxland.netlink4j.model.LinkAddress;
import io.vxland.netlink4j.model.NetlinkException;
import io.vxland.tests.support.Netns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ConnectionKernelTest {
  private static final LinkAddress MAC = LinkAddress.parse("52:54:00:00:00:01");

  private Netns netns;

  @BeforeEach
  void open() {
    netns = Netns.create();
  }

  @AfterEach
  void close() {
    netns.close();
  }

  private static List<String> threadNamespaces() throws IOException {
    List<String> namespaces = new ArrayList<>();
    try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
      for (Path task : tasks.toList()) {
        if (Files.exists(task)) {
          namespaces.add(Files.readSymbolicLink(task.resolve("ns/net")).toString());
        }
      }
    }
    return namespaces.stream().distinct().toList();
  }

  /** Sockets, what wakes a poll, namespaces, and files that are tried as such. */
  private static final List<String> OURS =
      List.of("socket:", "anon_inode:[eventfd]", "net:", "/run/netns/", "/proc/");

  /**
   * Descriptors of the kinds that the library opens. The JVM and its tests have others, such as
   * pipes of ended processes, which go when the collector finds them.
   */
  private static long openDescriptors() throws IOException {
    long count = 0;
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      for (Path descriptor : descriptors.toList()) {
        if (Files.isSymbolicLink(descriptor)) {
          String target = Files.readSymbolicLink(descriptor).toString();
          if (OURS.stream().anyMatch(target::startsWith)) {
            count++;
          }
        }
      }
    }
    return count;
  }

  @Test
  void noThreadIsLeftInTheOtherNamespace() throws IOException {
    try (RtnetlinkConnection there = RtnetlinkConnection.open(netns.path());
        RtnetlinkConnection here = RtnetlinkConnection.open()) {
      netns.ip("link", "add", "only-there", "type", "bridge");
      assertThat(there.links()).extracting(Link::name).contains("only-there");
      assertThat(here.links()).extracting(Link::name).doesNotContain("only-there");
      assertThat(threadNamespaces()).hasSize(1);
    }
  }

  @Test
  void anAbsentNamespaceIsNamed() {
    NetlinkException error =
        catchThrowableOfType(
            NetlinkException.class,
            () -> RtnetlinkConnection.open(Path.of("/run/netns/vxt-is-not-there")));
    assertThat(error.errnoName()).isEqualTo("ENOENT");
    assertThat(error.operation()).contains("/run/netns/vxt-is-not-there");
  }

  @Test
  void aFileThatIsNoNamespaceIsRefusedAndClosed() throws IOException {
    assertThatThrownBy(() -> RtnetlinkConnection.open(Path.of("/proc/self/status")))
        .isInstanceOf(NetlinkException.class);
    long before = openDescriptors();
    for (int i = 0; i < 20; i++) {
      assertThatThrownBy(() -> RtnetlinkConnection.open(Path.of("/proc/self/status")))
          .isInstanceOf(NetlinkException.class);
    }
    assertThat(openDescriptors()).isEqualTo(before);
  }

  @Test
  void whatIsOpenedIsClosed() throws IOException {
    openAndClose();
    long before = openDescriptors();
    for (int i = 0; i < 50; i++) {
      openAndClose();
    }
    assertThat(openDescriptors()).isEqualTo(before);
  }

  private void openAndClose() throws IOException {
    try (RtnetlinkConnection connection = RtnetlinkConnection.open(netns.path());
        Subscription subscription = Subscription.open(netns.path(), EnumSet.allOf(Group.class))) {
      assertThat(connection.links()).isNotEmpty();
      assertThat(subscription.poll(Duration.ZERO, event -> {})).isTrue();
    }
  }

  @Test
  void aClosedConnectionSaysSo() throws NetlinkException {
    RtnetlinkConnection connection = RtnetlinkConnection.open(netns.path());
    connection.close();
    assertThatThrownBy(connection::links)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void aSinkMustNotUseItsConnection() throws NetlinkException {
    netns.ip("link", "add", "vx0", "type", "vxlan", "id", "5001", "dstport", "4789");
    try (RtnetlinkConnection connection = RtnetlinkConnection.open(netns.path())) {
      int vxlan = connection.link("vx0").orElseThrow().index();
      List<Change> changes = new ArrayList<>();
      for (int i = 0; i < 5000; i++) {
        changes.add(
            Change.create(
                FdbEntry.remote(
                    vxlan, LinkAddress.mac(0x020000000000L + i), IpAddress.parse("10.0.0.2"))));
      }
      connection.apply(changes).orThrow();
      assertThatThrownBy(
              () ->
                  connection.dumpFdb(
                      new DumpSink<>() {
                        @Override
                        public void begin() {}

                        @Override
                        public void accept(FdbEntry entry) {
                          try {
                            connection.links();
                          } catch (NetlinkException e) {
                            throw new AssertionError(e);
                          }
                        }
                      }))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("busy");
      assertThat(connection.fdb())
          .as("good again after an abandoned dump")
          .hasSizeGreaterThan(4999);
    }
  }

  @Test
  void manyThreadsMayShareAConnection() throws Exception {
    netns.ip("link", "add", "vx0", "type", "vxlan", "id", "5001", "dstport", "4789");
    try (RtnetlinkConnection connection = RtnetlinkConnection.open(netns.path())) {
      int vxlan = connection.link("vx0").orElseThrow().index();
      ExecutorService threads = Executors.newFixedThreadPool(4);
      try {
        List<Callable<Void>> tasks = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
          long base = 0x020000000000L + t * 1000L;
          tasks.add(
              () -> {
                for (int i = 0; i < 100; i++) {
                  FdbEntry entry =
                      FdbEntry.remote(
                          vxlan, LinkAddress.mac(base + i), IpAddress.parse("10.0.0.2"));
                  connection.apply(Change.create(entry));
                  assertThat(connection.link("vx0")).isPresent();
                }
                return null;
              });
        }
        for (Future<Void> done : threads.invokeAll(tasks)) {
          done.get();
        }
      } finally {
        threads.shutdownNow();
      }
      assertThat(connection.fdb(vxlan)).filteredOn(e -> e.dst() != null).hasSize(400);
    }
  }

  private static Event await(Subscription subscription, Predicate<Event> wanted)
      throws NetlinkException {
    List<Event> seen = new ArrayList<>();
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (System.nanoTime() < deadline) {
      subscription.poll(Duration.ofSeconds(1), seen::add);
      for (Event event : seen) {
        if (wanted.test(event)) {
          return event;
        }
      }
    }
    throw new AssertionError("not among " + seen);
  }

  @Test
  void eachKindOfChangeIsTold() throws NetlinkException {
    try (Subscription subscription = Subscription.open(netns.path(), EnumSet.allOf(Group.class))) {
      netns.ip("link", "add", "br0", "up", "type", "bridge");
      Event.LinkEvent made =
          (Event.LinkEvent)
              await(subscription, e -> e instanceof Event.LinkEvent l && l.link().isUp());
      assertThat(made.link().name()).isEqualTo("br0");
      assertThat(made.removed()).isFalse();
      netns.ip("address", "add", "10.1.0.1/24", "dev", "br0");
      await(
          subscription,
          e ->
              e instanceof Event.AddressEvent a
                  && !a.removed()
                  && a.address().address().toString().equals("10.1.0.1/24"));
      netns.ip("route", "add", "10.9.0.0/16", "via", "10.1.0.2");
      await(
          subscription,
          e ->
              e instanceof Event.RouteEvent r
                  && r.route().destination().toString().equals("10.9.0.0/16"));
      netns.ip("neigh", "add", "10.1.0.2", "lladdr", MAC.toString(), "dev", "br0");
      await(
          subscription,
          e -> e instanceof Event.NeighbourEvent n && MAC.equals(n.neighbour().linkAddress()));
      netns.bridge("fdb", "add", MAC.toString(), "dev", "br0", "self");
      await(subscription, e -> e instanceof Event.FdbEvent f && f.entry().mac().equals(MAC));
      netns.bridge("fdb", "del", MAC.toString(), "dev", "br0", "self");
      await(
          subscription,
          e -> e instanceof Event.FdbEvent f && f.removed() && f.entry().mac().equals(MAC));
      netns.ip("link", "del", "br0");
      await(
          subscription,
          e -> e instanceof Event.LinkEvent l && l.removed() && l.link().name().equals("br0"));
    }
  }

  @Test
  void lostNotificationsAskForAResync() throws NetlinkException {
    netns.ip("link", "add", "vx0", "type", "vxlan", "id", "5001", "dstport", "4789");
    try (Subscription subscription = Subscription.open(netns.path(), EnumSet.of(Group.NEIGHBOUR));
        RtnetlinkConnection connection = RtnetlinkConnection.open(netns.path())) {
      int vxlan = connection.link("vx0").orElseThrow().index();
      List<Change> changes = new ArrayList<>();
      for (int i = 0; i < 50_000; i++) {
        changes.add(
            Change.create(
                FdbEntry.remote(
                    vxlan, LinkAddress.mac(0x020000000000L + i), IpAddress.parse("10.0.0.2"))));
      }
      connection.apply(changes).orThrow();
      await(subscription, e -> e instanceof Event.ResyncNeeded);
    }
  }

  @Test
  void closingEndsAPollThatWaits() throws Exception {
    Subscription subscription = Subscription.open(netns.path(), EnumSet.of(Group.LINK));
    CountDownLatch polling = new CountDownLatch(1);
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try {
      Future<Boolean> open =
          thread.submit(
              () -> {
                polling.countDown();
                return subscription.poll(Duration.ofMinutes(10), event -> {});
              });
      polling.await();
      subscription.close();
      assertThat(open.get(10, TimeUnit.SECONDS)).isFalse();
      assertThat(subscription.poll(Duration.ofMinutes(10), event -> {})).isFalse();
      subscription.close();
    } finally {
      thread.shutdownNow();
    }
  }
}
