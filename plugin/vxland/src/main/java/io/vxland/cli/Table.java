package io.vxland.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Text in aligned columns, with two spaces between. */
final class Table {
  private static final String GAP = "  ";

  private final List<List<String>> rows = new ArrayList<>();
  private final boolean legend;

  /**
   * Begins a table.
   *
   * @param legend whether to print the heads
   * @param heads of the columns
   */
  Table(boolean legend, String... heads) {
    this.legend = legend;
    rows.add(Arrays.asList(heads));
  }

  /** Adds a row with a cell for each column; an empty cell is shown as {@code -}. */
  void row(Object... cells) {
    rows.add(Arrays.stream(cells).map(cell -> Text.orDash(cell.toString())).toList());
  }

  void print(PrintWriter out) {
    List<List<String>> shown = legend ? rows : rows.subList(1, rows.size());
    int[] widths = new int[rows.get(0).size()];
    for (List<String> row : shown) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], width(row.get(i)));
      }
    }
    for (List<String> row : shown) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        line.append(row.get(i)).append(" ".repeat(widths[i] - width(row.get(i)))).append(GAP);
      }
      out.println(line.toString().stripTrailing());
    }
  }

  private static int width(String cell) {
    return cell.codePointCount(0, cell.length());
  }
}
