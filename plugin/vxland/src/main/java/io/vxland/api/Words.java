package io.vxland.api;

import java.util.Locale;

/** Constants as they are written in JSON: NOT_FOUND is not-found. */
final class Words {
  private Words() {}

  static String of(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
