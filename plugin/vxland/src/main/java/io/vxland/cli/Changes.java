package io.vxland.cli;

import io.vxland.api.Migration;
import io.vxland.api.Migration.Outcome;
import io.vxland.api.Migration.Phase;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What is new in each list of migrations after the one before. */
final class Changes {
  private Map<Key, Integer> seen;

  /** A migration; the time tells those of a daemon from those of the daemon before it. */
  private record Key(long number, String began) {
    static Key of(Migration migration) {
      return new Key(migration.number(), migration.began());
    }
  }

  /**
   * A migration that is further than before.
   *
   * @param migration as it is now
   * @param phases that began since
   */
  record Change(Migration migration, List<Phase> phases) {}

  /** What is new. In the first list, that is the present state of those that go on. */
  List<Change> since(List<Migration> migrations) {
    Map<Key, Integer> now = new HashMap<>();
    List<Change> changes = new ArrayList<>();
    for (Migration migration : migrations) {
      Key key = Key.of(migration);
      int all = migration.phases().size();
      int known = seen == null ? knownAtFirst(migration) : seen.getOrDefault(key, 0);
      if (known < all) {
        changes.add(new Change(migration, migration.phases().subList(known, all)));
      }
      now.put(key, all);
    }
    seen = now;
    return changes;
  }

  private static int knownAtFirst(Migration migration) {
    int all = migration.phases().size();
    return migration.outcome() == Outcome.ONGOING ? all - 1 : all;
  }
}
