package io.vxland.config;

import io.vxland.model.InvalidValueException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Reads the values of one section; what is wrong becomes a problem, and reading goes on. */
final class SectionReader {
  /** A parsed element of a list, with the place it came from. */
  record Placed<T>(T value, IniFile.Setting setting) {}

  private final IniFile.Section section;
  private final Problems problems;
  private final Map<Key, List<IniFile.Setting>> settings = new EnumMap<>(Key.class);

  /** Sorts the section's keys; an unknown one is a problem, and so is one too many. */
  SectionReader(IniFile.Section section, Key.Kind kind, Problems problems) {
    this.section = section;
    this.problems = problems;
    for (IniFile.Setting setting : section.settings()) {
      Key.find(kind, setting.key())
          .ifPresentOrElse(key -> add(key, setting), () -> unknown(kind, setting));
    }
  }

  private void add(Key key, IniFile.Setting setting) {
    List<IniFile.Setting> sameKey = settings.computeIfAbsent(key, any -> new ArrayList<>());
    if (setting.value().isBlank()) {
      problem(setting, "has no value; for the default, remove the line");
    } else if (!sameKey.isEmpty() && !key.repeatable()) {
      problem(setting, "is already set in line " + sameKey.get(0).line());
    } else {
      sameKey.add(setting);
    }
  }

  private void unknown(Key.Kind kind, IniFile.Setting setting) {
    String hint =
        Nearest.to(setting.key(), kind.keys())
            .map(name -> "did you mean '" + name + "'?")
            .orElse("known keys: " + String.join(", ", kind.keys()));
    problems.add(
        section.file(),
        setting.line(),
        section.toString(),
        "unknown key " + InvalidValueException.quote(setting.key()) + "; " + hint);
  }

  IniFile.Section section() {
    return section;
  }

  void problem(IniFile.Setting setting, String message) {
    problems.add(section, setting, message);
  }

  /** Something is wrong with the section as a whole. */
  void problem(String message) {
    problems.add(section, message);
  }

  /** Where a key stands first; empty if it does not. */
  Optional<IniFile.Setting> place(Key key) {
    return settings.getOrDefault(key, List.of()).stream().findFirst();
  }

  /** The value of a key that stands at most once. */
  <T> Optional<T> value(Key key, Function<String, T> parser) {
    return place(key).flatMap(setting -> parsed(setting, setting.value(), parser));
  }

  /** The values of a key that stands several times, one to a line. */
  <T> List<Placed<T>> lines(Key key, Function<String, T> parser) {
    List<Placed<T>> values = new ArrayList<>();
    for (IniFile.Setting setting : settings.getOrDefault(key, List.of())) {
      parsed(setting, setting.value(), parser)
          .ifPresent(value -> values.add(new Placed<>(value, setting)));
    }
    return values;
  }

  /** The values of a key that is a list, separated by commas; a value twice is a problem. */
  <T> List<Placed<T>> list(Key key, Function<String, T> parser) {
    List<Placed<T>> values = new ArrayList<>();
    Map<T, IniFile.Setting> seen = new HashMap<>();
    for (IniFile.Setting setting : settings.getOrDefault(key, List.of())) {
      for (String element : setting.value().split(",", -1)) {
        parsed(setting, element.trim(), parser)
            .ifPresent(
                value -> {
                  IniFile.Setting first = seen.putIfAbsent(value, setting);
                  if (first == null) {
                    values.add(new Placed<>(value, setting));
                  } else {
                    problem(setting, value + " is already listed in line " + first.line());
                  }
                });
      }
    }
    return values;
  }

  private <T> Optional<T> parsed(IniFile.Setting setting, String text, Function<String, T> parser) {
    try {
      return Optional.of(parser.apply(text));
    } catch (InvalidValueException e) {
      problem(setting, e.getMessage());
      return Optional.empty();
    }
  }

  /** Parses {@code yes} or {@code no}. */
  static Boolean yesOrNo(String text) {
    return switch (text) {
      case "yes" -> true;
      case "no" -> false;
      default ->
          throw new InvalidValueException(
              InvalidValueException.quote(text) + " is neither 'yes' nor 'no'");
    };
  }
}
