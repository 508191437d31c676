package io.vxland.dataplane.nft;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.model.Vni;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StampsTest {
  private static final Vni BLUE = new Vni(5001);
  private static final Vni RED = new Vni(5002);

  private final Stamps stamps = new Stamps();

  private List<String> set(Vni vni, long stamp, boolean grows) {
    List<String> commands = new ArrayList<>();
    stamps.set(vni, stamp, grows, commands);
    return commands;
  }

  private static boolean deletes(List<String> commands) {
    return commands.stream().anyMatch(command -> command.startsWith("delete "));
  }

  @Test
  void whatOnlyGrowsDeletesNothing() {
    assertThat(set(BLUE, 7, true)).hasSize(1);
    assertThat(set(BLUE, -9, true)).hasSize(1);
    assertThat(set(BLUE, Long.MIN_VALUE, true)).hasSize(1);
    assertThat(stamps.sums()).containsExactly(Map.entry(BLUE, Long.MIN_VALUE));
  }

  @Test
  void whatShrinksHasOneElementAgain() {
    set(BLUE, 7, true);
    set(BLUE, 9, true);
    List<String> commands = set(BLUE, 4, false);
    assertThat(commands).filteredOn(command -> command.startsWith("delete ")).hasSize(2);
    assertThat(commands).filteredOn(command -> command.startsWith("add ")).hasSize(1);
    assertThat(stamps.sums()).containsExactly(Map.entry(BLUE, 4L));
  }

  /** A set has an element once: a second one of the same value would not count. */
  @Test
  void theSameStepTwiceIsNotTwoElements() {
    set(BLUE, 5, true);
    assertThat(deletes(set(BLUE, 10, true))).isTrue();
    assertThat(stamps.sums()).containsEntry(BLUE, 10L);
  }

  @Test
  void thereAreNotMoreAndMoreElements() {
    Random random = new Random(1);
    int deleting = 0;
    for (int change = 0; change < 200; change++) {
      long stamp = random.nextLong();
      deleting += deletes(set(BLUE, stamp, true)) ? 1 : 0;
      assertThat(stamps.sums()).containsEntry(BLUE, stamp);
    }
    assertThat(deleting).isBetween(10, 13);
  }

  @Test
  void eachNetworkHasItsOwnAndWhatIsRemovedIsGone() {
    set(BLUE, 7, true);
    set(BLUE, 8, true);
    set(RED, 9, true);
    List<String> commands = new ArrayList<>();
    stamps.remove(BLUE, commands);
    assertThat(commands).hasSize(2);
    assertThat(stamps.sums()).isEqualTo(new HashMap<>(Map.of(RED, 9L)));
  }

  @Test
  void whatWasReadCountsLikeWhatWasWritten() {
    stamps.add(Map.of(BLUE, Set.of(3L, -1L)));
    assertThat(stamps.sums()).containsEntry(BLUE, 2L);
    assertThat(new Stamps(stamps).sums()).isEqualTo(stamps.sums());
  }
}
