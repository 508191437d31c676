package io.vxland.control.evpn;

import io.vxland.model.Numbers;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code show running-config} says of EVPN in the default VRF.
 *
 * @param as the autonomous system; empty: no {@code router bgp}
 * @param speaker the lines of {@code router bgp} outside its address families
 * @param family the lines of its {@code address-family l2vpn evpn}
 */
record RunningConfiguration(OptionalLong as, Set<String> speaker, Set<String> family) {
  private static final Pattern ROUTER = Pattern.compile("router bgp (\\d{1,10})");
  private static final long MAX_AS = 0xFFFF_FFFFL;
  private static final String FAMILY = "address-family ";
  private static final String EVPN = FAMILY + "l2vpn evpn";

  static RunningConfiguration parse(String text) {
    OptionalLong as = OptionalLong.empty();
    Set<String> speaker = new LinkedHashSet<>();
    Set<String> family = new LinkedHashSet<>();
    boolean inRouter = false;
    String open = "";
    for (String raw : text.lines().toList()) {
      String line = raw.strip();
      if (!raw.startsWith(" ")) {
        Matcher router = ROUTER.matcher(line);
        inRouter = router.matches();
        open = "";
        if (inRouter) {
          as = OptionalLong.of(Numbers.parseLong("AS", router.group(1), 1, MAX_AS));
        }
      } else if (inRouter && line.startsWith(FAMILY)) {
        open = line;
      } else if (line.equals("exit-address-family")) {
        open = "";
      } else if (inRouter && !line.equals("!")) {
        if (open.isEmpty()) {
          speaker.add(line);
        } else if (open.equals(EVPN)) {
          family.add(line);
        }
      }
    }
    return new RunningConfiguration(as, speaker, family);
  }

  /** What an operator who configures FRR himself has left out; empty if nothing. */
  List<String> missing(long wantedAs) {
    if (as.isEmpty()) {
      return List.of("router bgp " + wantedAs);
    }
    Set<String> missing = new LinkedHashSet<>();
    if (as.getAsLong() != wantedAs) {
      missing.add("router bgp " + wantedAs + " (it is " + as.getAsLong() + ")");
    }
    if (!family.contains(FrrConfiguration.ADVERTISE)) {
      missing.add(EVPN + ": " + FrrConfiguration.ADVERTISE);
    }
    if (family.stream().noneMatch(line -> line.matches("neighbor \\S+ activate"))) {
      missing.add(EVPN + ": neighbor ... activate");
    }
    return List.copyOf(missing);
  }
}
