package io.vxland.openflow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written is read as the same, for flows made by seeded chance. */
class RoundTripTest {
  private static final int ROUNDS = 3000;

  private static String written(Flow flow) {
    WireWriter out = new WireWriter();
    Requests.flowMod(out, 1, new FlowMod.Add(flow));
    return HexFormat.of().formatHex(out.toBytes());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 20, 300})
  void flows(long seed) throws MalformedException {
    ArbitraryFlows flows = new ArbitraryFlows(seed);
    for (int i = 0; i < ROUNDS; i++) {
      Flow flow = flows.next();
      List<FlowEntry> entries = new ArrayList<>();
      Replies.flows(Stats.of(flow.table(), written(flow)), entries);
      assertThat(entries).containsExactly(new FlowEntry.Known(flow, 3, 180, Stats.AGE));
    }
  }

  @Test
  void chanceReachesEveryField() {
    ArbitraryFlows flows = new ArbitraryFlows(1);
    Set<Field> matched = EnumSet.noneOf(Field.class);
    Set<Field> changed = EnumSet.noneOf(Field.class);
    for (int i = 0; i < ROUNDS; i++) {
      Flow flow = flows.next();
      matched.addAll(flow.match().fields().keySet());
      for (Action action : flow.actions()) {
        if (action instanceof Action.SetField set) {
          changed.add(set.field());
        } else if (action instanceof Action.Load load) {
          changed.add(load.field());
        } else if (action instanceof Action.Move move) {
          changed.add(move.to());
        }
      }
    }
    for (Field field : Field.values()) {
      assertThat(matched.contains(field)).as("%s matched", field).isEqualTo(field.isMatchable());
      assertThat(changed.contains(field)).as("%s changed", field).isEqualTo(field.isWritable());
    }
  }
}
