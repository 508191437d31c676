package io.vxland.plan.ovs;

import io.vxland.model.IpAddress;
import io.vxland.model.MacAddress;
import io.vxland.openflow.Action;
import io.vxland.openflow.Answers;
import io.vxland.openflow.EthType;
import io.vxland.openflow.Field;
import io.vxland.openflow.Flow;
import io.vxland.openflow.Match;
import io.vxland.openflow.Value;
import java.util.ArrayList;
import java.util.List;

/**
 * Flows by which a switch itself answers a card of this host who has an address, where that is
 * known: neighbour suppression. It is so for what is asked of all. A neighbour that is asked itself
 * whether it is still there (RFC 4861, 7.3.1) answers itself; who says that an address is its own
 * (RFC 5227, 2.3), or asks whether one is free (RFC 5227, 2.1.1; RFC 4862, 5.4.2), is heard by all.
 */
final class Questions {
  /** Where an advertisement is made of a solicitation; see {@link Answers}. */
  static final int TABLE = 1;

  private static final long COOKIE = SwitchOwnership.COOKIE;
  private static final int REQUEST = 1;
  private static final int ICMPV6 = 58;
  private static final int SOLICITATION = 135;
  private static final Value GROUP = Value.mac(0x0100_0000_0000L);

  private Questions() {}

  /**
   * The flows of an address.
   *
   * @param ingress the network's frames
   * @param mac who has it
   * @param onward what is done with all other frames
   */
  static List<Flow> answered(
      List<Match> ingress, IpAddress address, MacAddress mac, List<Action> onward) {
    List<Flow> flows = new ArrayList<>();
    for (Match from : ingress) {
      Match asked = untagged(from).with(Field.ETH_DST, GROUP, GROUP);
      if (address.family() == IpAddress.Family.V4) {
        int bits = (int) address.low();
        flows.add(Answers.arp(asked, 0, Flows.ANSWER, COOKIE, bits, mac.bits()));
        flows.add(forAll(request(from).with(Field.ARP_SPA, Value.ipv4(bits)), onward));
      } else {
        Value bits = Value.ipv6(address.high(), address.low());
        flows.addAll(
            Answers.neighbourAdvertisement(
                asked, 0, TABLE, Flows.ANSWER, COOKIE, bits, mac.bits()));
      }
    }
    return flows;
  }

  /** The flows of a network that has such addresses: who has none yet asks all. */
  static List<Flow> ofNobody(List<Match> ingress, List<Action> onward) {
    List<Flow> flows = new ArrayList<>();
    for (Match from : ingress) {
      flows.add(forAll(request(from).with(Field.ARP_SPA, Value.ipv4(0)), onward));
      flows.add(
          forAll(
              untagged(from)
                  .ethType(EthType.IPV6)
                  .with(Field.IP_PROTO, Value.u8(ICMPV6))
                  .with(Field.ICMPV6_TYPE, Value.u8(SOLICITATION))
                  .with(Field.IPV6_SRC, Value.ipv6(0, 0)),
              onward));
    }
    return flows;
  }

  private static Match request(Match from) {
    return untagged(from).ethType(EthType.ARP).with(Field.ARP_OP, Value.u16(REQUEST));
  }

  /** What VMs tag themselves is a segment of its own. */
  private static Match untagged(Match from) {
    return from.fields().containsKey(Field.VLAN_VID) ? from : from.untagged();
  }

  private static Flow forAll(Match match, List<Action> onward) {
    return new Flow(0, Flows.FOR_ALL, COOKIE, 0, 0, match, onward);
  }
}
