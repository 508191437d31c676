package io.vxland.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects problems, so that the reader can go on and find the next. */
final class Problems {
  /** Beyond this many nobody reads on. */
  private static final int MAX = 200;

  private final List<Problem> found = new ArrayList<>();
  private int beyond;

  void add(Path file, int line, String key, String message) {
    if (found.size() < MAX) {
      found.add(new Problem(file, line, key, message));
    } else {
      beyond++;
    }
  }

  void add(IniFile.Section section, String message) {
    add(section.file(), section.line(), section.toString(), message);
  }

  void add(IniFile.Section section, IniFile.Setting setting, String message) {
    add(section.file(), setting.line(), section + " " + setting.key(), message);
  }

  void throwIfAny() throws ConfigException {
    if (found.isEmpty()) {
      return;
    }
    List<Problem> sorted = new ArrayList<>(found);
    // Stable: problems of one line stay in the order in which they were found.
    sorted.sort(Comparator.comparing(Problem::file).thenComparingInt(Problem::line));
    if (beyond > 0) {
      Problem last = sorted.get(sorted.size() - 1);
      sorted.add(new Problem(last.file(), 0, "", "and " + beyond + " more problems"));
    }
    throw new ConfigException(sorted);
  }
}
