package io.vxland.directory;

import io.vxland.model.InvalidValueException;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * Hosts and networks by what they are called in keys: a hundred thousand keys name the same few
 * thousand of them, and need not hold a copy each. Not thread-safe.
 */
public final class Names {
  /** Whoever may write keys can make up names without end. */
  private static final int MOST = 65_536;

  private final Map<String, Vtep> vteps = new HashMap<>();
  private final Map<String, Vni> vnis = new HashMap<>();

  /**
   * A host.
   *
   * @throws InvalidValueException if that is none
   */
  Vtep vtep(String text) {
    return known(vteps, text, Vtep::parse);
  }

  /**
   * A network.
   *
   * @throws InvalidValueException if that is none
   */
  Vni vni(String text) {
    return known(vnis, text, Vni::parse);
  }

  private static <T> T known(Map<String, T> names, String text, Function<String, T> parse) {
    T there = names.get(text);
    if (there == null) {
      there = parse.apply(text);
      if (names.size() >= MOST) {
        names.clear();
      }
      names.put(text, there);
    }
    return there;
  }
}
