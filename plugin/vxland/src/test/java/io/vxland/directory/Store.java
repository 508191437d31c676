package io.vxland.directory;

import io.vxland.model.Vtep;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A store as etcd is one: each write whole or not at all, and a history that all read in order. */
final class Store {
  private final Map<String, Stored> all = new TreeMap<>();
  private final List<Change> history = new ArrayList<>();
  private long revision;

  /** What became of a key: an entry, or null if it is gone. */
  record Change(Key key, Stored now) {}

  boolean apply(Write write) {
    boolean holds =
        write.conditions().stream()
            .allMatch(
                condition -> {
                  Stored there = all.get(condition.key().text());
                  return condition.revision() == (there == null ? 0 : there.revision());
                });
    if (holds) {
      revision++;
      write.put().forEach(this::put);
      write.deleted().forEach(this::delete);
    }
    return holds;
  }

  void put(Entry entry) {
    Stored stored = new Stored(entry, revision, 0);
    all.put(entry.key().text(), stored);
    history.add(new Change(entry.key(), stored));
  }

  void delete(Key key) {
    if (all.remove(key.text()) != null) {
      history.add(new Change(key, null));
    }
  }

  /** Loses everything without a word. */
  void wipe() {
    all.clear();
  }

  List<Change> since(int place) {
    return history.subList(place, history.size());
  }

  int end() {
    return history.size();
  }

  /** Has a directory read everything, in parts as they come. */
  void readInto(Directory directory, Vtep self, boolean forgetful, long now) {
    Directory.Reading reading = directory.reading();
    all.values().forEach(stored -> reading.take(List.of(stored)));
    reading.end(self, forgetful, now);
  }
}
