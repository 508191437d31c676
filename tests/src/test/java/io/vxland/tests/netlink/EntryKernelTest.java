package io.vxland.tests.netlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import io.vxland.netlink4j.BatchOutcome;
import io.vxland.netlink4j.DumpSink;
import io.vxland.netlink4j.Failure;
import io.vxland.netlink4j.RtnetlinkConnection;
import io.vxland.netlink4j.model.Change;
import io.vxland.netlink4j.model.EntryState;
import io.vxland.netlink4j.model.FdbEntry;
import io.vxland.netlink4j.model.IpAddress;
import io.vxland.netlink4j.model.LinkAddress;
import io.vxland.netlink4j.model.Neighbour;
import io.vxland.netlink4j.model.NetlinkException;
import io.vxland.tests.support.Netns;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EntryKernelTest {
  private static final LinkAddress MAC = LinkAddress.parse("52:54:00:00:00:01");
  private static final IpAddress FIRST = IpAddress.parse("10.0.0.2");
  private static final IpAddress SECOND = IpAddress.parse("10.0.0.3");

  private Netns netns;
  private RtnetlinkConnection connection;
  private int bridge;
  private int vxlan;

  @BeforeEach
  void open() throws NetlinkException {
    netns = Netns.create();
    connection = RtnetlinkConnection.open(netns.path());
    netns.ip("link", "add", "br0", "type", "bridge");
    netns.ip(
        "link",
        "add",
        "vx0",
        "type",
        "vxlan",
        "id",
        "5001",
        "dstport",
        "4789",
        "local",
        "10.0.0.1",
        "nolearning");
    netns.ip("link", "set", "vx0", "master", "br0", "up");
    netns.ip("link", "set", "br0", "up");
    bridge = connection.link("br0").orElseThrow().index();
    vxlan = connection.link("vx0").orElseThrow().index();
  }

  @AfterEach
  void close() {
    connection.close();
    netns.close();
  }

  private List<JsonNode> shown(LinkAddress mac) {
    List<JsonNode> entries = new ArrayList<>();
    for (JsonNode entry : netns.bridgeJson("fdb", "show", "dev", "vx0")) {
      if (entry.get("mac").asText().equals(mac.toString())) {
        entries.add(entry);
      }
    }
    return entries;
  }

  private List<FdbEntry> read(LinkAddress mac) throws NetlinkException {
    return connection.fdb(vxlan).stream().filter(e -> e.mac().equals(mac) && e.isSelf()).toList();
  }

  @Test
  void aRemoteIsAddedReplacedAndDeleted() throws NetlinkException {
    FdbEntry entry = FdbEntry.remote(vxlan, MAC, FIRST);
    connection.apply(Change.create(entry));
    assertThat(shown(MAC)).extracting(e -> e.get("dst").asText()).containsExactly("10.0.0.2");
    assertThat(shown(MAC).get(0).get("state").asText()).isEqualTo("permanent");
    assertThat(read(MAC)).containsExactly(entry);
    assertThat(connection.fdbEntry(vxlan, MAC)).contains(entry);

    connection.apply(Change.replace(entry.withDst(SECOND)));
    assertThat(shown(MAC)).extracting(e -> e.get("dst").asText()).containsExactly("10.0.0.3");

    connection.apply(Change.delete(entry.withDst(SECOND)));
    assertThat(shown(MAC)).isEmpty();
    NetlinkException again =
        catchThrowableOfType(NetlinkException.class, () -> connection.apply(Change.delete(entry)));
    assertThat(again.isAbsent()).isTrue();
    assertThat(connection.fdbEntry(vxlan, MAC)).isEmpty();
  }

  @Test
  void theReplicationListGrowsByAppendAndShrinksByDelete() throws NetlinkException {
    connection
        .apply(
            List.of(
                Change.append(FdbEntry.remote(vxlan, LinkAddress.ZERO_MAC, FIRST)),
                Change.append(FdbEntry.remote(vxlan, LinkAddress.ZERO_MAC, SECOND))))
        .orThrow();
    assertThat(shown(LinkAddress.ZERO_MAC))
        .extracting(e -> e.get("dst").asText())
        .containsExactlyInAnyOrder("10.0.0.2", "10.0.0.3");
    connection.apply(Change.delete(FdbEntry.remote(vxlan, LinkAddress.ZERO_MAC, FIRST)));
    assertThat(read(LinkAddress.ZERO_MAC)).extracting(FdbEntry::dst).containsExactly(SECOND);
  }

  /** The kernel's rule, which a caller must know: there is no replacing of default destinations. */
  @Test
  void theReplicationListCannotBeReplaced() throws NetlinkException {
    connection.apply(Change.append(FdbEntry.remote(vxlan, LinkAddress.ZERO_MAC, FIRST)));
    NetlinkException error =
        catchThrowableOfType(
            NetlinkException.class,
            () ->
                connection.apply(
                    Change.replace(FdbEntry.remote(vxlan, LinkAddress.ZERO_MAC, SECOND))));
    assertThat(error.errnoName()).isEqualTo("EOPNOTSUPP");
    assertThat(error.kernelText()).contains("Cannot replace non-unicast fdb entries");
    assertThat(read(LinkAddress.ZERO_MAC)).extracting(FdbEntry::dst).containsExactly(FIRST);
  }

  /** Appending a destination that is there succeeds and adds nothing, so it needs no look first. */
  @Test
  void appendingADestinationTwiceLeavesOne() throws NetlinkException {
    FdbEntry entry = FdbEntry.remote(vxlan, LinkAddress.ZERO_MAC, FIRST);
    connection.apply(List.of(Change.append(entry), Change.append(entry)));
    assertThat(read(LinkAddress.ZERO_MAC)).containsExactly(entry);
  }

  @Test
  void aRemoteMayHaveItsOwnVniAndPort() throws NetlinkException {
    FdbEntry entry = FdbEntry.remote(vxlan, MAC, FIRST).withVni(77).withPort(8472);
    connection.apply(Change.create(entry));
    assertThat(shown(MAC).get(0).get("vni").asInt()).isEqualTo(77);
    assertThat(shown(MAC).get(0).get("port").asInt()).isEqualTo(8472);
    assertThat(read(MAC)).containsExactly(entry);
  }

  @Test
  void oneMessageWritesBothTheDevicesAndTheBridgesEntry() throws NetlinkException {
    FdbEntry both =
        FdbEntry.remote(vxlan, MAC, FIRST)
            .withState(EntryState.NOARP | EntryState.REACHABLE)
            .withFlags(EntryState.SELF | EntryState.MASTER | EntryState.EXT_LEARNED);
    connection.apply(Change.replace(both));
    assertThat(shown(MAC)).hasSize(2);
    assertThat(shown(MAC)).anySatisfy(e -> assertThat(e.has("master")).isTrue());
    assertThat(shown(MAC))
        .anySatisfy(e -> assertThat(e.path("dst").asText()).isEqualTo("10.0.0.2"));
    List<FdbEntry> entries =
        connection.fdb(vxlan).stream().filter(e -> e.mac().equals(MAC)).toList();
    assertThat(entries).allMatch(FdbEntry::isExternallyLearned);
    assertThat(entries).filteredOn(FdbEntry::isMaster).hasSize(1);
    assertThat(entries)
        .filteredOn(FdbEntry::isMaster)
        .allSatisfy(e -> assertThat(e.master()).isEqualTo(bridge));
    connection.apply(Change.delete(both));
    assertThat(shown(MAC)).isEmpty();
  }

  @Test
  void aStaticEntryOfTheBridgeIsBehindItsPort() throws NetlinkException {
    connection.apply(Change.replace(FdbEntry.behindPort(vxlan, MAC)));
    JsonNode entry = shown(MAC).get(0);
    assertThat(entry.get("master").asText()).isEqualTo("br0");
    assertThat(entry.get("state").asText()).isEqualTo("static");
    FdbEntry read =
        connection.fdb(vxlan).stream().filter(e -> e.mac().equals(MAC)).findFirst().orElseThrow();
    assertThat(read.isMaster()).isTrue();
    assertThat(read.isStatic()).isTrue();
  }

  @Test
  void anIpv6UnderlayHasIpv6Remotes() throws NetlinkException {
    netns.ip(
        "link", "add", "vx6", "type", "vxlan", "id", "6", "dstport", "4790", "local", "fd00::1");
    int index = connection.link("vx6").orElseThrow().index();
    FdbEntry entry = FdbEntry.remote(index, MAC, IpAddress.parse("fd00::2"));
    connection.apply(Change.create(entry));
    assertThat(netns.bridge("fdb", "show", "dev", "vx6")).contains("dst fd00::2");
    assertThat(connection.fdb(index)).contains(entry);
  }

  @Test
  void aDumpOfOneDeviceHoldsThatDevicesEntriesOnly() throws NetlinkException {
    netns.ip("link", "add", "other", "type", "vxlan", "id", "9", "dstport", "4791");
    int other = connection.link("other").orElseThrow().index();
    connection.apply(Change.create(FdbEntry.remote(other, MAC, FIRST)));
    connection.apply(Change.create(FdbEntry.remote(vxlan, MAC, SECOND)));
    assertThat(connection.fdb(vxlan)).isNotEmpty().allMatch(e -> e.ifindex() == vxlan);
    assertThat(connection.fdb()).filteredOn(e -> e.mac().equals(MAC)).hasSize(2);
  }

  @Test
  void aBatchNamesWhatWasRefusedAndDoesTheRest() throws NetlinkException {
    List<Change> changes = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      changes.add(
          Change.create(FdbEntry.remote(vxlan, LinkAddress.mac(0x020000000000L + i), FIRST)));
    }
    FdbEntry absent = FdbEntry.remote(vxlan, LinkAddress.mac(0x02ffffffffffL), FIRST);
    changes.set(3, Change.delete(absent));
    changes.set(255, Change.delete(absent));
    changes.set(256, Change.create(FdbEntry.remote(999_999, MAC, FIRST)));
    changes.set(999, Change.delete(absent));
    BatchOutcome outcome = connection.apply(changes);
    assertThat(outcome.count()).isEqualTo(1000);
    assertThat(outcome.failures()).extracting(Failure::index).containsExactly(3, 255, 256, 999);
    assertThat(outcome.failures())
        .allSatisfy(f -> assertThat(f.change()).isSameAs(changes.get(f.index())));
    assertThat(outcome.failures()).allMatch(f -> f.error().isAbsent());
    assertThat(outcome.failures().get(2).error().errnoName()).isEqualTo("ENODEV");
    assertThat(netns.bridgeJson("fdb", "show", "dev", "vx0").toString().split("02:00:00:00", -1))
        .hasSize(996 + 1);
  }

  @Test
  void aBatchOfWhichAllIsRefusedNamesAll() throws NetlinkException {
    List<Change> changes = new ArrayList<>();
    for (int i = 0; i < 700; i++) {
      changes.add(
          Change.delete(FdbEntry.remote(vxlan, LinkAddress.mac(0x020000000000L + i), FIRST)));
    }
    assertThat(connection.apply(changes).failures()).hasSize(700);
    assertThat(connection.links()).as("the connection is still good").isNotEmpty();
  }

  @Test
  void aHundredThousandEntriesAreStreamedAndAllThere() throws NetlinkException {
    int count = 100_000;
    List<Change> changes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      changes.add(
          Change.create(FdbEntry.remote(vxlan, LinkAddress.mac(0x020000000000L + i), FIRST)));
    }
    connection.apply(changes).orThrow();
    Counter counter = new Counter();
    connection.dumpFdb(vxlan, counter);
    assertThat(counter.remotes).isEqualTo(count);
  }

  /** Counts remotes, again from nothing where the dump begins again. */
  private static final class Counter implements DumpSink<FdbEntry> {
    private int remotes;

    @Override
    public void begin() {
      remotes = 0;
    }

    @Override
    public void accept(FdbEntry entry) {
      if (entry.dst() != null) {
        remotes++;
      }
    }
  }

  @Test
  void neighboursAreWrittenAndRead() throws NetlinkException {
    Neighbour v4 = Neighbour.permanent(bridge, IpAddress.parse("7.7.7.2"), MAC).withProtocol(77);
    Neighbour v6 =
        new Neighbour(
            bridge,
            IpAddress.parse("fd77::2"),
            MAC,
            EntryState.NOARP,
            EntryState.EXT_LEARNED | EntryState.ROUTER,
            0);
    connection.apply(List.of(Change.create(v4), Change.replace(v6))).orThrow();
    assertThat(connection.neighbours()).contains(v4, v6);
    assertThat(connection.neighbour(bridge, v4.address())).contains(v4);
    assertThat(connection.neighbour(bridge, IpAddress.parse("7.7.7.9"))).isEmpty();
    JsonNode shown = netns.ipJson("neigh", "show", "7.7.7.2", "dev", "br0").get(0);
    assertThat(shown.get("lladdr").asText()).isEqualTo(MAC.toString());
    assertThat(shown.get("state").get(0).asText()).isEqualTo("PERMANENT");
    assertThat(shown.get("protocol").asText()).isEqualTo("77");
    connection.apply(Change.delete(v4));
    assertThat(netns.ip("neigh", "show", "7.7.7.2")).isBlank();
    NetlinkException again =
        catchThrowableOfType(NetlinkException.class, () -> connection.apply(Change.delete(v4)));
    assertThat(again.isAbsent()).isTrue();
  }
}
