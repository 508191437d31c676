package io.vxland.daemon;

import io.vxland.model.InvalidValueException;
import io.vxland.model.Network;
import io.vxland.model.Vni;
import io.vxland.plan.ActualState;
import io.vxland.plan.Problem;
import io.vxland.plan.Uplinks;
import io.vxland.plan.ovs.ActualSwitches;
import io.vxland.plan.ovs.SwitchUplinks;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Networks that had a port to another network when an earlier vxland, which allowed it everywhere,
 * was replaced by this one: they keep it. One VNI per line in a file of its own; without that file,
 * but with what an earlier vxland remembered, this is the first start after that.
 *
 * <p>All but {@link #warnings} is for the thread that starts the daemon, then for that of the loop.
 */
final class FormerUplinks {
  private static final int MOST_BYTES = 1 << 20;

  private final Path file;
  private volatile Set<Vni> networks = Set.of();
  private boolean bridgesAwaited;
  private boolean switchesAwaited;
  private boolean unsaved;

  FormerUplinks(Path file) {
    this.file = file;
  }

  /**
   * Reads it.
   *
   * @param memory what is there where vxland has run before
   * @throws IOException if it cannot be read, or is not a list of VNIs; there are none then
   */
  void load(Path memory) throws IOException {
    try {
      if (Files.size(file) > MOST_BYTES) {
        throw new IOException(file + " is too large for a list of VNIs");
      }
      networks =
          Files.readAllLines(file, StandardCharsets.US_ASCII).stream()
              .map(Vni::parse)
              .collect(Collectors.toUnmodifiableSet());
    } catch (NoSuchFileException none) {
      bridgesAwaited = Files.exists(memory);
      switchesAwaited = bridgesAwaited;
      unsaved = true;
    } catch (InvalidValueException wrong) {
      throw new IOException(file + ": " + wrong.getMessage(), wrong);
    }
  }

  /**
   * Takes in what the host has, of which only the first look after an upgrade counts; Open vSwitch
   * may start after the daemon.
   */
  void look(Collection<Network> known, ActualState actual, ActualSwitches switches) {
    if (!bridgesAwaited && !switchesAwaited) {
      return;
    }
    Set<Vni> joined = new HashSet<>(networks);
    if (bridgesAwaited) {
      bridgesAwaited = false;
      joined.addAll(Uplinks.joined(known, actual));
    }
    if (switchesAwaited && switches.missing().isEmpty()) {
      switchesAwaited = false;
      joined.addAll(SwitchUplinks.joined(known, switches));
    }
    if (joined.size() > networks.size()) {
      networks = Set.copyOf(joined);
      unsaved = true;
    }
  }

  /** Networks with what is allowed to them. */
  Set<Network> allowing(Set<Network> known) {
    if (networks.isEmpty()) {
      return known;
    }
    return known.stream()
        .map(
            network ->
                networks.contains(network.vni())
                    ? network.with(network.options().withUplink())
                    : network)
        .collect(Collectors.toSet());
  }

  /** Those that keep a port which the configuration does not allow. */
  List<Problem> warnings(Collection<Network> known) {
    return known.stream()
        .filter(network -> networks.contains(network.vni()) && !network.options().uplink())
        .sorted()
        .map(
            network ->
                new Problem(
                    "network '" + network.name() + "'",
                    "its bridge had a port to another network before vxland refused that, and may"
                        + " keep it on this host; frames loop if another host has one, too. If this"
                        + " host is a gateway, set 'allow-uplink = yes' in section [network "
                        + network.name()
                        + "]; if not, take the port out and remove "
                        + network.vni()
                        + " from "
                        + file
                        + " before the next restart of vxland"))
        .toList();
  }

  /**
   * Writes it down, if there is news. Open vSwitch may never come: it is written before that, too,
   * and what is found then is added.
   *
   * @throws IOException if it cannot be written
   */
  void save() throws IOException {
    if (unsaved && !bridgesAwaited) {
      StringBuilder lines = new StringBuilder();
      new TreeSet<>(networks).forEach(vni -> lines.append(vni).append('\n'));
      AtomicFile.replace(file, lines.toString().getBytes(StandardCharsets.US_ASCII));
      unsaved = false;
    }
  }
}
