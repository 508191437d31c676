package io.vxland.control.evpn;

import io.vxland.control.ControlPlane.Trouble;
import io.vxland.model.Vni;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What is wrong with what FRR says. */
final class Troubles {
  private Troubles() {}

  /**
   * All of it.
   *
   * @param ofFrr why it cannot be asked, or is not as it should be; then what it said is old
   * @param networks those that zebra should take part in
   */
  static List<Trouble> of(List<Trouble> ofFrr, Optional<FrrState> state, Set<Vni> networks) {
    List<Trouble> troubles = new ArrayList<>(ofFrr);
    if (ofFrr.isEmpty() && state.isPresent()) {
      troubles.addAll(sessions(state.get()));
      troubles.addAll(strangers(state.get(), networks));
    }
    state.ifPresent(known -> troubles.addAll(duplicates(known)));
    return List.copyOf(troubles);
  }

  static List<Trouble> sessions(FrrState state) {
    if (!state.speaks()) {
      return List.of(new Trouble("FRR", "it does not run BGP", "configure router bgp"));
    }
    if (state.sessions().isEmpty()) {
      return List.of(
          new Trouble(
              "FRR",
              "it has no neighbour for l2vpn evpn",
              "set [evpn] peers to the other hosts or the route reflectors"));
    }
    return state.sessions().entrySet().stream()
        .filter(session -> !session.getValue().equals(FrrState.ESTABLISHED))
        .map(
            session ->
                new Trouble(
                    "BGP session with " + session.getKey(),
                    "it is " + session.getValue(),
                    "its hosts do not learn of VMs on this host; see: vtysh -c 'show bgp neighbors "
                        + session.getKey()
                        + "'"))
        .toList();
  }

  /** Networks that stand here, and that zebra takes no part in. */
  private static List<Trouble> strangers(FrrState state, Set<Vni> networks) {
    return networks.stream()
        .filter(vni -> !state.overlays().containsKey(vni))
        .map(
            vni ->
                new Trouble(
                    "VNI " + vni,
                    "FRR does not know it",
                    "zebra picks up each VXLAN device that is up and in a bridge, once BGP has"
                        + " 'advertise-all-vni'; see: vtysh -c 'show evpn vni'"))
        .toList();
  }

  private static List<Trouble> duplicates(FrrState state) {
    List<Trouble> troubles = new ArrayList<>();
    state
        .duplicates()
        .forEach(
            (vni, cards) ->
                cards.forEach(
                    (mac, card) ->
                        troubles.add(
                            new Trouble(
                                "VNI " + vni,
                                mac
                                    + " moved too often (sequence "
                                    + card.sequence()
                                    + "); FRR considers it a duplicate and has it "
                                    + (card.local() ? "here, at " : "at ")
                                    + card.place(),
                                "two hosts have it, or it moved many times; when that is over, run:"
                                    + " vtysh -c 'clear evpn dup-addr vni "
                                    + vni
                                    + " mac "
                                    + mac
                                    + "'"))));
    return troubles;
  }
}
