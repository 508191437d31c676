package io.vxland.dataplane.nft;

import io.vxland.model.InterfaceName;
import io.vxland.model.MacAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Table {@code netdev vxland} as the kernel has it.
 *
 * @param exists whether there is such a table
 * @param chains its chains with names that devices can have
 * @param strange what is in it and not as vxland makes it
 */
record Listing(boolean exists, Map<InterfaceName, Chain> chains, List<String> strange) {
  static final Listing NONE = new Listing(false, Map.of(), List.of());

  Listing {
    chains = Map.copyOf(chains);
    strange = List.copyOf(strange);
  }

  /**
   * A chain.
   *
   * @param guards whether it drops what it does not deliver
   * @param deliveries its rules, in their order
   */
  record Chain(boolean guards, List<Rule> deliveries) {
    Chain {
      deliveries = List.copyOf(deliveries);
    }

    /** The deliveries; of two for one card the first, which is the one that the kernel does. */
    Map<MacAddress, Rule> byMac() {
      Map<MacAddress, Rule> rules = new TreeMap<>();
      deliveries.forEach(rule -> rules.putIfAbsent(rule.mac(), rule));
      return rules;
    }
  }

  /**
   * A rule that delivers.
   *
   * @param handle the kernel's number for it, in its table
   * @param tap the device; its former number, if it is gone
   * @param frames how many it has delivered
   */
  record Rule(long handle, MacAddress mac, InterfaceName tap, long frames) {}

  /** The handles of the rules for a card. */
  List<Long> handles(InterfaceName device, MacAddress mac) {
    List<Long> handles = new ArrayList<>();
    Optional.ofNullable(chains.get(device)).stream()
        .flatMap(chain -> chain.deliveries().stream())
        .filter(rule -> rule.mac().equals(mac))
        .forEach(rule -> handles.add(rule.handle()));
    return handles;
  }
}
