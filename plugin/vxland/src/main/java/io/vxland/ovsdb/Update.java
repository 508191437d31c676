package io.vxland.ovsdb;

import java.util.List;

/** What one commit did to watched rows. */
public record Update(List<RowUpdate> rows) {
  public Update {
    rows = List.copyOf(rows);
  }
}
