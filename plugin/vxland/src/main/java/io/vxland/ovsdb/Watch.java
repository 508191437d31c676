package io.vxland.ovsdb;

import java.util.List;

/**
 * Columns of a table that a monitor is to tell of.
 *
 * @param columns at least one
 */
public record Watch(String table, List<String> columns) {
  public Watch {
    Names.require(table);
    columns = List.copyOf(columns);
    columns.forEach(Names::require);
    if (columns.isEmpty()) {
      throw new IllegalArgumentException("a watch of " + table + " without columns");
    }
  }

  /** Columns of a table. */
  public static Watch of(String table, String... columns) {
    return new Watch(table, List.of(columns));
  }
}
