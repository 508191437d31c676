package io.vxland.tests.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.dataplane.DataplaneException;
import io.vxland.dataplane.linux.LinuxRepointing;
import io.vxland.model.MacAddress;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import io.vxland.tests.support.Netns;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An entry that cannot wait for the loop to follow its card. */
class RepointingKernelTest {
  private static final MacAddress CARD = MacAddress.parse("52:54:00:00:00:01");
  private static final Vni VNI = new Vni(5001);
  private static final Vtep NEXT = Vtep.parse("10.99.0.3");

  private Netns netns;
  private LinuxRepointing repointing;

  @BeforeEach
  void open() throws DataplaneException {
    netns = Netns.create();
    repointing = LinuxRepointing.open(netns.path());
  }

  @AfterEach
  void close() {
    repointing.close();
    netns.close();
  }

  private void addDevice() {
    netns.ip("link", "add", "vxlan5001", "type", "vxlan", "id", "5001", "dstport", "4789");
  }

  private void addEntry(String... kind) {
    String[] start = {"fdb", "add", CARD.toString(), "dev", "vxlan5001", "dst", "10.99.0.2"};
    String[] all = Arrays.copyOf(start, start.length + kind.length);
    System.arraycopy(kind, 0, all, start.length, kind.length);
    netns.bridge(all);
  }

  private boolean follow() throws DataplaneException {
    return repointing.repoint(VNI, CARD, NEXT);
  }

  private String entry() {
    return netns.bridge("fdb", "show", "dev", "vxlan5001").strip();
  }

  @Test
  void ourEntryGoesWithTheCardAndIsStillOurs() throws DataplaneException {
    addDevice();
    addEntry("static");
    assertThat(follow()).isTrue();
    assertThat(entry()).isEqualTo(CARD + " dst 10.99.0.3 self static");
  }

  @Test
  void whatOthersWroteOrTheKernelHasLearnedStays() throws DataplaneException {
    addDevice();
    for (String kind : new String[] {"permanent", "extern_learn", "dynamic"}) {
      addEntry(kind);
      assertThat(follow()).as(kind).isFalse();
      assertThat(entry()).as(kind).contains("dst 10.99.0.2").doesNotContain("10.99.0.3");
      netns.bridge("fdb", "del", CARD.toString(), "dev", "vxlan5001");
    }
  }

  @Test
  void nothingIsMadeThatWasNotThere() throws DataplaneException {
    assertThat(follow()).as("no device").isFalse();
    addDevice();
    assertThat(follow()).as("no entry").isFalse();
    assertThat(entry()).isEmpty();
  }
}
