package io.vxland.tests.os;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vxland.os.TapWatch;
import io.vxland.tests.migration.Watch;
import io.vxland.tests.support.Netns;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is heard on a port of a bridge, as a tap is one: a veth whose other end plays the guest. */
class TapWatchKernelTest {
  private static final Duration SOON = Duration.ofSeconds(60);

  private static final String ARP =
      "ffffffffffff525400000001080600010800060400015254000000010a0900010000000000000a090002";
  private static final String MARK =
      "ffffffffffff525400000001080600010800060400025254000000010a0900630000000000000a090002";
  private static final String ND =
      "525400000001 86dd 60000000 0020 3a ff fd090000000000000000000000000001"
          + " ff0200000000000000000001ff000001";
  private static final String ND_END = "fd090000000000000000000000000001 0101 525400000001";
  private static final String UDP =
      "525400000001 0800 45 00 0024 0000 4000 40 11 0000 0a090001 ffffffff";

  @TempDir Path directory;
  private Netns netns;
  private Process process;
  private Watch watch;

  @BeforeEach
  void setUp() throws IOException {
    netns = Netns.create();
    netns.run(
        "sh",
        "-ec",
        """
        sysctl -q net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
        ip link add br0 type bridge
        ip link set br0 up
        """);
    plug("1");
    plug("2");
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    process =
        new ProcessBuilder(
                "ip",
                "netns",
                "exec",
                netns.name(),
                java,
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                ListenOnTaps.class.getName())
            .redirectErrorStream(true)
            .start();
    watch = Watch.of(process);
  }

  @AfterEach
  void end() {
    watch.close();
    netns.close();
  }

  private void plug(String number) {
    netns.ip("link", "add", "tap" + number, "type", "veth", "peer", "name", "guest" + number);
    netns.ip("link", "set", "tap" + number, "master", "br0", "up");
    netns.ip("link", "set", "guest" + number, "up");
  }

  private void listen(String... taps) throws IOException {
    long before = arrangements();
    OutputStream input = process.getOutputStream();
    input.write((String.join(" ", taps) + "\n").getBytes(UTF_8));
    input.flush();
    await().atMost(SOON).until(() -> arrangements() > before);
  }

  private long arrangements() {
    return watch.lines().stream().filter(line -> line.startsWith("arranged")).count();
  }

  /** Sends one frame, or the same many times. */
  private void send(String device, String frame, int times) throws IOException {
    byte[] bytes = HexFormat.of().parseHex(frame.replace(" ", ""));
    Path file = directory.resolve("frames");
    try (OutputStream out = Files.newOutputStream(file)) {
      for (int i = 0; i < times; i++) {
        out.write(bytes);
      }
    }
    netns.run(
        "socat", "-u", "-b", Integer.toString(bytes.length), "FILE:" + file, "INTERFACE:" + device);
  }

  private void send(String device, String frame) throws IOException {
    send(device, frame, 1);
  }

  /** What a tap told before the mark that is sent now; frames are padded nowhere on a veth. */
  private List<String> heardBeforeAMark(String number) throws IOException {
    send("guest" + number, MARK);
    String mark = "tap" + number + " " + MARK;
    watch.await("the mark on tap" + number, mark::equals);
    List<String> heard = new ArrayList<>(watch.lines());
    heard.removeIf(line -> !line.startsWith("tap" + number + " ") || line.equals(mark));
    return heard;
  }

  private static String line(String frame) {
    return "tap1 " + frame.replace(" ", "");
  }

  @Test
  void onlyWhatTellsOfTheGuestsAddressesIsHeardAndOnlyFromTheGuest() throws IOException {
    listen("tap1");
    String solicitation = "3333ff000001" + ND + "8700 0000 00000000" + ND_END;
    String advertisement = "333300000001" + ND + "8800 0000 20000000" + ND_END;
    String request = "ffffffffffff" + UDP + "0044 0043 0010 0000 0101060012345678";
    List<String> told = List.of(ARP, solicitation, advertisement, request);
    List<String> untold =
        List.of(
            "ffffffffffff 525400000001 8100 0005" + ARP.substring(24),
            "3333ff000001" + ND + "8500 0000 00000000" + ND_END,
            "3333ff000001" + ND.replace("3a ff", "11 ff") + "8700 0000 00000000" + ND_END,
            "ffffffffffff" + UDP + "0043 0044 0010 0000 0201060012345678",
            "ffffffffffff" + UDP.replace("4000 40", "2000 40") + "0044 0043 0010 0000 01010600",
            "ffffffffffff" + UDP.replace("40 11", "40 06") + "0044 0043 0010 0000 01010600",
            "ffffffffffff 525400000001 8035" + ARP.substring(28));
    for (String frame : untold) {
      send("guest1", frame);
    }
    for (String frame : told) {
      send("guest1", frame);
    }
    // What the host, or another guest, sends to this one is none of its claims.
    send("br0", ARP);
    send("guest2", ARP);
    assertThat(heardBeforeAMark("1"))
        .containsExactlyElementsOf(told.stream().map(TapWatchKernelTest::line).toList());
    assertThat(netns.bridge("fdb", "show", "br", "br0"))
        .as("the bridge gets them all the same")
        .contains("52:54:00:00:00:01 dev tap1 master br0");
  }

  @Test
  void aTapThatIsNotToldAnyMoreIsHeardNoMore() throws IOException {
    listen("tap1", "tap2");
    send("guest1", ARP);
    assertThat(heardBeforeAMark("1")).containsExactly(line(ARP));
    assertThat(heardBeforeAMark("2")).isEmpty();
    listen("tap2");
    send("guest1", ARP);
    assertThat(heardBeforeAMark("2")).isEmpty();
    assertThat(watch.lines()).filteredOn(line(ARP)::equals).hasSize(1);
    listen("tap1");
    send("guest1", ARP);
    await().atMost(SOON).until(() -> watch.lines().stream().filter(line(ARP)::equals).count() == 2);
  }

  @Test
  void aGuestThatFloodsIsHeardWithinItsBoundsAndTheOthersAsBefore() throws IOException {
    listen("tap1", "tap2");
    send("guest1", ARP, 20_000);
    assertThat(heardBeforeAMark("2")).isEmpty();
    await("its second second has come")
        .atMost(SOON)
        .until(() -> watch.lines().stream().filter(line(ARP)::equals).count() > TapWatch.FRAMES);
    // In the first second, and what waited in the queue in the next.
    assertThat(watch.lines().stream().filter(line(ARP)::equals).count())
        .isLessThan(10L * TapWatch.FRAMES);
  }

  @Test
  void aTapThatWentAndCameAgainIsHeardWhenItIsToldAgain() throws IOException {
    listen("tap1", "nowhere");
    assertThat(watch.lines()).contains("arranged {}");
    netns.ip("link", "set", "tap1", "down");
    netns.ip("link", "set", "tap1", "up");
    listen("tap1");
    send("guest1", ARP);
    watch.await("it is heard again", line(ARP)::equals);
    netns.ip("link", "del", "tap1");
    plug("1");
    listen("tap1");
    assertThat(heardBeforeAMark("1")).containsExactly(line(ARP));
  }

  @Test
  void itsEndIsClean() throws IOException {
    listen("tap1");
    process.getOutputStream().close();
    watch.await("closed", "closed"::equals);
    assertThat(watch.lines()).noneMatch(line -> line.startsWith("lost"));
  }

  /** poll(2) refuses more descriptors than a process may have: EINVAL. */
  @Test
  void anErrorOfThePollEndsNothing() throws IOException {
    listen("tap1", "tap2");
    String pid = Long.toString(process.pid());
    String before = limit(pid);
    netns.run("prlimit", "--pid", pid, "--nofile=2:" + before);
    // It wakes the poll that waits with the limit of before.
    send("guest1", ARP);
    watch.await("it is said", line -> line.startsWith("lost poll: "));
    netns.run("prlimit", "--pid", pid, "--nofile=" + before + ":" + before);
    watch.await("it goes on", "regained"::equals);
    await()
        .atMost(SOON)
        .until(() -> watch.lines().lastIndexOf("arranged {}") > watch.lines().indexOf("regained"));
    send("guest2", ARP);
    watch.await("it is heard again", ("tap2 " + ARP.replace(" ", ""))::equals);
    assertThat(process.isAlive()).isTrue();
  }

  private String limit(String pid) {
    return netns.run("prlimit", "--pid", pid, "--nofile", "--output=HARD", "--noheadings").strip();
  }
}
