package io.vxland.tests.os;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.vxland.tests.support.Netns;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AnnouncerKernelTest {
  private static final String CARD = "52:54:00:ab:cd:ef";
  private Netns netns;

  @BeforeEach
  void setUp() {
    netns = Netns.create();
    netns.run(
        "sh",
        "-ec",
        """
        sysctl -q net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
        ip link add br0 type bridge
        ip link add here type veth peer name there
        ip link set there master br0
        for device in br0 here there; do ip link set $device up; done
        """);
  }

  @AfterEach
  void end() {
    netns.close();
  }

  private static String announce(String device) {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return "'%s' -XX:TieredStopAtLevel=1 -cp '%s' %s %s %s"
        .formatted(
            java, System.getProperty("java.class.path"), Announce.class.getName(), device, CARD);
  }

  @Test
  void oneAnnouncementIsSentAndTheBridgeLearnsFromIt() {
    String seen =
        netns.run(
            "sh",
            "-ec",
            """
            mkfifo ready
            tcpdump -i there -n -e -l -c 1 rarp 2>ready &
            sed '/listening/q' ready >/dev/null
            %s
            wait
            """
                .formatted(announce("here"))
                .replace("ready", "/tmp/" + netns.name() + ".ready"));
    netns.run("rm", "/tmp/" + netns.name() + ".ready");
    assertThat(seen)
        .contains("announced\n")
        .contains(
            CARD
                + " > ff:ff:ff:ff:ff:ff, ethertype Reverse ARP (0x8035), length 60:"
                + " Reverse Request who-is "
                + CARD
                + " tell "
                + CARD);
    assertThat(netns.bridgeJson("fdb", "show", "br", "br0", "dynamic"))
        .filteredOn(entry -> entry.path("mac").asText().equals(CARD))
        .singleElement()
        .extracting((JsonNode entry) -> entry.get("ifname").asText())
        .isEqualTo("there");
  }

  @Test
  void whyItCannotBeSentIsSaidInTheKernelsWords() {
    assertThat(netns.run("sh", "-ec", announce("nowhere")))
        .isEqualTo("announce " + CARD + " out of nowhere: No such device\n");
    netns.ip("link", "set", "here", "down");
    assertThat(netns.run("sh", "-ec", announce("here")))
        .isEqualTo("announce " + CARD + " out of here: Network is down\n");
    netns.ip("link", "set", "here", "up");
    assertThat(netns.run("setpriv", "--bounding-set=-net_raw", "sh", "-ec", announce("here")))
        .isEqualTo("announce " + CARD + " out of here: Operation not permitted\n");
  }
}
