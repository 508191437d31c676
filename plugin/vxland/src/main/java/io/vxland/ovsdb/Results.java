package io.vxland.ovsdb;

import java.util.List;
import java.util.UUID;

/**
 * The results of a transaction, one for each operation in their order. The accessors throw {@link
 * IllegalArgumentException} if the operation of that place has another kind of result.
 */
public record Results(List<Result> all) {
  public Results {
    all = List.copyOf(all);
  }

  /** The rows that the select of that place found. */
  public List<Row> rows(int place) {
    return as(Result.Rows.class, place).rows();
  }

  /** The UUID of the row that the insert of that place made. */
  public UUID inserted(int place) {
    return as(Result.Inserted.class, place).uuid();
  }

  /** The number of rows that the update, mutate or delete of that place met. */
  public long count(int place) {
    return as(Result.Count.class, place).rows();
  }

  private <T extends Result> T as(Class<T> type, int place) {
    if (place < 0 || place >= all.size() || !type.isInstance(all.get(place))) {
      throw new IllegalArgumentException(
          "no " + type.getSimpleName() + " in place " + place + " of " + all.size() + " results");
    }
    return type.cast(all.get(place));
  }
}
