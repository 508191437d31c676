package io.vxland.ovsdb;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;

/** Values and rows from a seed. */
final class Generator {
  private static final String LETTERS = "ab_9 \"\\/\u0001\u001f\u00e4\u20ac\n\t{}[],:\ud83d\ude00";

  private final Random random;

  Generator(long seed) {
    random = new Random(seed);
  }

  Row row() {
    Map<String, Value> columns = new LinkedHashMap<>();
    for (int i = random.nextInt(8); i > 0; i--) {
      columns.put("c" + random.nextInt(100), value());
    }
    return new Row(columns);
  }

  Value value() {
    Kind kind = kind();
    return switch (random.nextInt(3)) {
      case 0 -> atom(kind);
      case 1 -> set(kind);
      default -> map(kind, kind());
    };
  }

  private SetValue set(Kind kind) {
    Set<Atom> atoms = new LinkedHashSet<>();
    for (int i = random.nextInt(5); i > 0; i--) {
      atoms.add(atom(kind));
    }
    return new SetValue(atoms);
  }

  private MapValue map(Kind keys, Kind values) {
    Map<Atom, Atom> entries = new LinkedHashMap<>();
    for (int i = random.nextInt(5); i > 0; i--) {
      entries.put(atom(keys), atom(values));
    }
    return new MapValue(entries);
  }

  private Kind kind() {
    return switch (random.nextInt(4)) {
      case 0 -> Kind.TEXT;
      case 1 -> Kind.NUMBER;
      case 2 -> Kind.BOOLEAN;
      default -> Kind.UUID;
    };
  }

  private Atom atom(Kind kind) {
    return switch (kind) {
      case TEXT -> Atom.of(text());
      case NUMBER -> number();
      case BOOLEAN -> Atom.of(random.nextBoolean());
      case UUID ->
          random.nextInt(4) == 0
              ? new Atom.Named("row_" + random.nextInt(10))
              : Atom.of(new UUID(random.nextLong(), random.nextLong()));
    };
  }

  private Atom number() {
    return switch (random.nextInt(4)) {
      case 0 -> Atom.of(random.nextLong());
      case 1 -> Atom.of(random.nextInt(10) - 5L);
      case 2 -> new Atom.Real(random.nextInt(10));
      default -> new Atom.Real(random.nextGaussian() * Math.pow(10, random.nextInt(300) - 150));
    };
  }

  private String text() {
    int[] letters = LETTERS.codePoints().toArray();
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(12); i > 0; i--) {
      text.appendCodePoint(letters[random.nextInt(letters.length)]);
    }
    return text.toString();
  }
}
