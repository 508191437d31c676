package io.vxland.config;

import io.vxland.model.IpAddress;
import io.vxland.model.NetworkName;
import io.vxland.model.OverlayOptions;
import io.vxland.model.Vtep;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/** Compares a host's VTEP with those that the configuration names. */
final class OwnAddress {
  private OwnAddress() {}

  static List<String> objections(Configuration configuration, Vtep own) {
    List<String> objections = new ArrayList<>();
    eachVtep(
        configuration,
        (where, vtep) -> {
          if (vtep.equals(own)) {
            objections.add(where + ": " + vtep + " " + IS_OWN);
          } else if (vtep.address().family() != own.address().family()) {
            objections.add(where + ": " + mixed(vtep.address(), own));
          }
        });
    return objections;
  }

  /** Said of an address that is this host's. */
  static final String IS_OWN = "is this host's own address; list only the other hosts";

  /** Said of an address that cannot talk to another. */
  static String mixed(IpAddress address, Vtep other) {
    return address
        + " and "
        + other
        + " are of different families; the underlay is either IPv4 or IPv6";
  }

  private static void eachVtep(Configuration configuration, BiConsumer<String, Vtep> consumer) {
    configuration.control().peers().forEach(peer -> consumer.accept("[control] peers", peer));
    configuration
        .networks()
        .forEach((name, section) -> eachVtep(name, section.options(), consumer));
  }

  private static void eachVtep(
      NetworkName name, OverlayOptions options, BiConsumer<String, Vtep> consumer) {
    String section = "[network " + name + "] ";
    if (options.replication() instanceof OverlayOptions.Replication.Peers list) {
      list.peers().forEach(peer -> consumer.accept(section + "peers", peer));
    } else if (options.replication() instanceof OverlayOptions.Replication.Remote remote) {
      consumer.accept(section + "remote", remote.peer());
    }
    options.entries().forEach(entry -> consumer.accept(section + "entry", entry.vtep()));
  }
}
