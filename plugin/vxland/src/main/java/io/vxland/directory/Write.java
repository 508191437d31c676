package io.vxland.directory;

import java.util.List;

/**
 * Something that a host does in the store, all or nothing: only if everything is still as it was
 * when that was decided.
 *
 * @param conditions what must hold
 * @param put what is stored
 * @param deleted what is removed
 */
public record Write(List<Condition> conditions, List<Entry> put, List<Key> deleted) {
  /**
   * A key was last changed at a revision.
   *
   * @param key the key
   * @param revision the store's; 0: there is no such key
   */
  public record Condition(Key key, long revision) {}

  /** Copies the lists. */
  public Write {
    conditions = List.copyOf(conditions);
    put = List.copyOf(put);
    deleted = List.copyOf(deleted);
  }
}
