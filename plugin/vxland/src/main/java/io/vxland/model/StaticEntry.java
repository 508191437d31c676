package io.vxland.model;

import java.util.List;

/**
 * A machine whose place the configuration tells: a static FDB entry, and neighbour entries for its
 * addresses.
 *
 * @param mac its card
 * @param vtep the host behind which it is
 * @param addresses its addresses in the tenant's network; may be empty
 */
public record StaticEntry(MacAddress mac, Vtep vtep, List<IpAddress> addresses) {
  private static final int MAX_ADDRESSES = 16;

  /** Checks that the card is one machine's and that the list is short. */
  public StaticEntry {
    addresses = List.copyOf(addresses);
    if (!mac.isUnicast()) {
      throw new InvalidValueException("static entry for " + mac + ": not a unicast address");
    }
    Numbers.inRange("addresses of " + mac, addresses.size(), 0, MAX_ADDRESSES);
  }

  /** Parses {@code MAC VTEP [ADDRESS...]}, separated by spaces. */
  public static StaticEntry parse(String text) {
    List<String> words = List.of(text.strip().split("\\s+"));
    if (words.size() < 2) {
      throw new InvalidValueException(
          "static entry " + InvalidValueException.quote(text) + " is not MAC VTEP [ADDRESS...]");
    }
    return new StaticEntry(
        MacAddress.parseUnicast(words.get(0)),
        Vtep.parse(words.get(1)),
        words.subList(2, words.size()).stream().map(IpAddress::parse).toList());
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder().append(mac).append(' ').append(vtep);
    addresses.forEach(address -> text.append(' ').append(address));
    return text.toString();
  }
}
