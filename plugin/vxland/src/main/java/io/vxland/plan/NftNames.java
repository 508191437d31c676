package io.vxland.plan;

import io.vxland.model.InterfaceName;

/**
 * Which devices nft can be told of. In quotes each name means itself, with few exceptions (nft,
 * scanner.l and datatype.c): there is no way to write a quote, a closing {@code *} means all
 * devices whose names begin so, {@code $} begins a variable, and a number is an index once no
 * device has that name.
 */
public final class NftNames {
  private NftNames() {}

  /** Whether nft can be told of a device. */
  public static boolean isSayable(InterfaceName device) {
    String name = device.value();
    return name.chars().noneMatch(c -> c == '"' || c == '\\' || c == '$')
        && !name.endsWith("*")
        && !isNumber(name);
  }

  /** As strtol(3) reads one with base 0. */
  private static boolean isNumber(String name) {
    return name.matches("[+-]?(0[xX][0-9a-fA-F]+|[0-9]+)");
  }
}
