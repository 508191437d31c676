package io.vxland.tests.networks;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.tests.lab.Lab;
import io.vxland.tests.lab.LabExtension;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** MAC addresses that are not where libvirt says, on hosts that learn from frames. */
class StrangeMacsTest {
  private static final int PINGS = 100;

  @RegisterExtension
  static final LabExtension LAB = new LabExtension(() -> Lab.up("strangemacs", 2));

  private final List<Host> hosts = Host.all(LAB.lab(), 2);
  private final SameMac same = new SameMac(LAB.lab());

  @Test
  void twoVmsWithOneMacAreNamedOnBothHostsAndDoNotFight() {
    for (Host host : hosts) {
      host.run("vxctl", "network", "define", "blue", "--vni", "5001").must();
      host.awaitLink("br5001");
    }
    for (Host host : hosts) {
      Endpoint.plug(host, "c", "--bridge", "br5001", "--ip", "10.50.0.2" + host.index() + "/24");
    }
    same.start(1, "a", "10.50.0.10/24", true);
    same.start(2, "b", "10.50.0.11/24", true);
    LAB.lab().waitGuest(1, "a").must();
    LAB.lab().waitGuest(2, "b").must();
    Background one = Background.in(hosts.get(0), "bridge monitor fdb");
    Background two = Background.in(hosts.get(1), "bridge monitor fdb");
    try (one;
        two) {
      bothSpeak();
      same.awaitSaidOn(1, 2);
      bothSpeak();
      // Each frame of the other VM would move an entry; now and then one is learned anew.
      assertThat(SameMac.changes(one.stop())).isLessThan(PINGS / 5L);
      assertThat(SameMac.changes(two.stop())).isLessThan(PINGS / 5L);
    }
    assertThat(same.said(1).toString()).contains("VM 'a'", "10.99.0.2");
    assertThat(same.said(2).toString()).contains("VM 'b'", "10.99.0.1");
    hosts.get(1).run("virsh", "domif-setlink", "b", SameMac.MAC, "down").must();
    same.mustBeQuiet(2);
  }

  private void bothSpeak() {
    for (int host = 1; host <= 2; host++) {
      LAB.lab()
          .inGuest(
              host,
              host == 1 ? "a" : "b",
              "ping -q -c " + PINGS + " -i 0.02 10.50.0.2" + (3 - host) + " || true")
          .must();
    }
  }
}
