package io.vxland.dataplane.nft;

import io.vxland.model.InterfaceName;
import io.vxland.model.MacAddress;
import io.vxland.plan.Change;
import io.vxland.plan.NftNames;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Changes as nft's commands (nft(8)), for one transaction. It asks that they do not build on each
 * other: {@link #joins} tells.
 */
final class Script {
  private static final String TABLE = "netdev vxland";

  /** What nft takes for a chain's name without quotes, which it does not know there. */
  private static final Pattern CHAIN = Pattern.compile("[A-Za-z][A-Za-z0-9_.]*");

  private Script() {}

  /** Why a change cannot be told to nft. */
  static Optional<String> refusal(Change change) {
    if (!CHAIN.matcher(change.device().value()).matches()) {
      return Optional.of("nft does not accept a chain named " + change.device());
    }
    return change instanceof Change.Deliver deliver && !NftNames.isSayable(deliver.tap())
        ? Optional.of("nft does not accept a device named " + deliver.tap())
        : Optional.empty();
  }

  /**
   * Whether a change may go with earlier ones: rules are deleted by numbers that are known of rules
   * that are there already, so no rule is added and deleted in one transaction.
   */
  static boolean joins(Change change, List<Change> earlier) {
    return earlier.stream()
        .filter(other -> other.device().equals(change.device()))
        .allMatch(
            other ->
                other instanceof Change.GuardTunnel
                    || (mac(other).isPresent()
                        && mac(change).isPresent()
                        && !mac(other).equals(mac(change))));
  }

  private static Optional<MacAddress> mac(Change change) {
    if (change instanceof Change.Deliver deliver) {
      return Optional.of(deliver.mac());
    }
    return change instanceof Change.StopDelivery stop ? Optional.of(stop.mac()) : Optional.empty();
  }

  /** Whether they can be told to nft without knowing what is there. */
  static boolean standAlone(List<Change> changes) {
    Set<InterfaceName> fresh = new HashSet<>();
    for (Change change : changes) {
      if (change instanceof Change.GuardTunnel) {
        fresh.add(change.device());
      } else if (!(change instanceof Change.Deliver) || !fresh.contains(change.device())) {
        return false;
      }
    }
    return true;
  }

  /** The commands; none if all of it is so already. */
  static List<String> of(List<Change> changes, Listing listing) {
    List<String> lines = new ArrayList<>();
    Set<InterfaceName> chains = new HashSet<>(listing.chains().keySet());
    boolean unguarded = false;
    for (Change change : changes) {
      String chain = TABLE + " " + change.device();
      if (change instanceof Change.GuardTunnel) {
        chains.add(change.device());
        lines.add("add table " + TABLE);
        lines.add(
            "add chain "
                + chain
                + " { type filter hook ingress device \""
                + change.device()
                + "\" priority 0; policy drop; }");
        // What a chain holds that is no guard yet is nothing that was asked for.
        lines.add("flush chain " + chain);
      } else if (change instanceof Change.UnguardTunnel) {
        unguarded = true;
        if (chains.remove(change.device())) {
          lines.add("flush chain " + chain);
          lines.add("delete chain " + chain);
        }
      } else if (change instanceof Change.Deliver deliver) {
        delete(lines, deliver.device(), deliver.mac(), listing);
        lines.add(
            "add rule "
                + chain
                + " ether daddr "
                + deliver.mac()
                + " counter fwd to \""
                + deliver.tap()
                + "\"");
      } else if (change instanceof Change.StopDelivery stop) {
        delete(lines, stop.device(), stop.mac(), listing);
      }
    }
    boolean nothingElse = chains.isEmpty() && listing.strange().isEmpty();
    if (unguarded && nothingElse && (listing.exists() || !lines.isEmpty())) {
      lines.add("delete table " + TABLE);
    }
    return lines;
  }

  private static void delete(
      List<String> lines, InterfaceName device, MacAddress mac, Listing listing) {
    for (long handle : listing.handles(device, mac)) {
      lines.add("delete rule " + TABLE + " " + device + " handle " + handle);
    }
  }
}
