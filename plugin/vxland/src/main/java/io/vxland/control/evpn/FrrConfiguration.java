package io.vxland.control.evpn;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What FRR is told, line by line as in its own configuration (docs.frrouting.org, "BGP" and
 * "EVPN").
 *
 * <p>All sessions of ours are of one peer group; so what is in it is known to be ours. Address
 * families other than EVPN are not for them. Graceful restart is left out: of FRR 8.4 it keeps no
 * EVPN routes.
 *
 * @param as the autonomous system
 * @param speaker the lines of {@code router bgp}
 * @param family the lines of its {@code address-family l2vpn evpn}
 */
public record FrrConfiguration(long as, Set<String> speaker, Set<String> family) {
  /** The peer group of what is ours. */
  static final String GROUP = "vxland";

  /** Seconds after which a session that does not stand is tried again; FRR's own are 120. */
  private static final int CONNECT = 5;

  /** What makes zebra and bgpd do EVPN at all. */
  static final String ADVERTISE = "advertise-all-vni";

  /** Copies the sets; their order stays. */
  public FrrConfiguration {
    speaker = new LinkedHashSet<>(speaker);
    family = new LinkedHashSet<>(family);
  }

  /** The configuration for some settings. */
  public static FrrConfiguration of(EvpnSettings settings) {
    Set<String> speaker = new LinkedHashSet<>();
    speaker.add("bgp router-id " + settings.self());
    speaker.add("no bgp default ipv4-unicast");
    speaker.add("neighbor " + GROUP + " peer-group");
    speaker.add("neighbor " + GROUP + " remote-as " + settings.as());
    speaker.add("neighbor " + GROUP + " update-source " + settings.self());
    speaker.add("neighbor " + GROUP + " timers connect " + CONNECT);
    settings.peers().forEach(peer -> speaker.add(member(peer.toString())));
    Set<String> family = new LinkedHashSet<>();
    family.add("neighbor " + GROUP + " activate");
    if (settings.reflector()) {
      family.add("neighbor " + GROUP + " route-reflector-client");
    }
    family.add(ADVERTISE);
    return new FrrConfiguration(settings.as(), speaker, family);
  }

  static String member(String peer) {
    return "neighbor " + peer + " peer-group " + GROUP;
  }

  /** The file that says it all: an frr.conf, or a part of one. */
  public String text() {
    StringBuilder text = new StringBuilder("router bgp " + as + "\n");
    speaker.forEach(line -> text.append(' ').append(line).append('\n'));
    text.append(" !\n address-family l2vpn evpn\n");
    family.forEach(line -> text.append("  ").append(line).append('\n'));
    return text.append(" exit-address-family\nexit\n").toString();
  }

  /**
   * The commands that make a configuration of FRR's this one, as far as it is ours; none if it is.
   *
   * @throws FrrException if FRR is another autonomous system's
   */
  List<String> changesFrom(RunningConfiguration running) throws FrrException {
    if (running.as().isPresent() && running.as().getAsLong() != as) {
      throw new FrrException(
          "it has AS "
              + running.as().getAsLong()
              + ", but [evpn] as = "
              + as
              + ": correct one of the two");
    }
    List<String> speakers = changes(running.speaker(), speaker);
    List<String> families = changes(running.family(), family);
    if (speakers.isEmpty() && families.isEmpty()) {
      return List.of();
    }
    List<String> commands = new ArrayList<>();
    commands.add("configure terminal");
    commands.add("router bgp " + as);
    commands.addAll(speakers);
    if (!families.isEmpty()) {
      commands.add("address-family l2vpn evpn");
      commands.addAll(families);
    }
    commands.add("end");
    return commands;
  }

  private static List<String> changes(Set<String> has, Set<String> wanted) {
    List<String> changes = new ArrayList<>();
    for (String line : has) {
      if (!wanted.contains(line) && isOurs(line)) {
        changes.add(undo(line));
      }
    }
    wanted.stream().filter(line -> !has.contains(line)).forEach(changes::add);
    return changes;
  }

  private static boolean isOurs(String line) {
    return line.startsWith("neighbor " + GROUP + " ")
        || (line.startsWith("neighbor ") && line.endsWith(" peer-group " + GROUP));
  }

  /** Of a member the whole neighbour goes; nothing else of it is ours. */
  private static String undo(String line) {
    return "no " + line.replace(" peer-group " + GROUP, "");
  }
}
