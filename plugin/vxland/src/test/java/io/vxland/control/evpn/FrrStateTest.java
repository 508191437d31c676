package io.vxland.control.evpn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.vxland.control.ControlPlane.Trouble;
import io.vxland.model.MacAddress;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The answers are those of FRR 8.4.4, shortened. */
class FrrStateTest {
  private static final Vni VNI = new Vni(5001);

  private static final String SUMMARY =
      """
      {
        "routerId":"10.99.0.1",
        "as":65000,
        "peers":{
          "10.99.0.2":{
            "hostname":"h2",
            "remoteAs":65000,
            "pfxRcd":4,
            "state":"Established",
            "peerState":"OK"
          },
          "10.99.0.3":{
            "remoteAs":65000,
            "peerUptime":"never",
            "state":"Active",
            "peerState":"OK"
          }
        },
        "failedPeers":1
      }
      """;

  private static final String NO_DUPLICATES = "{\n  \"5001\":{\n    \"numMacs\":0\n  }\n}\n";

  private static final String DUPLICATES =
      """
      {
        "5001":{
          "numMacs":2,
          "macs":{
            "52:54:00:aa:00:02":{
              "type":"local",
              "intf":"vnet3",
              "localSequence":5,
              "remoteSequence":4,
              "detectionCount":5,
              "isDuplicate":true
            },
            "52:54:00:aa:00:03":{
              "type":"remote",
              "remoteVtep":"10.99.0.2",
              "localSequence":6,
              "remoteSequence":7,
              "detectionCount":5,
              "isDuplicate":true
            },
            "52:54:00:aa:00:04":{
              "type":"local",
              "intf":"vnet4",
              "isDuplicate":false
            }
          }
        }
      }
      """;

  private static final String DETAILS =
      """
      [
        {
          "vni":5001,
          "type":"L2",
          "vrf":"default",
          "vxlanInterface":"vxlan5001",
          "vtepIp":"10.99.0.1",
          "numMacs":2,
          "numRemoteVteps":[
            "10.99.0.2",
            "10.99.0.3"
          ]
        },
        {
          "vni":5002,
          "type":"L2",
          "numMacs":0
        },
        {
          "vni":9000,
          "type":"L3",
          "localVtepIp":"10.99.0.1"
        }
      ]
      """;

  @Test
  void hostsSessionsAndDuplicatesAreRead() throws FrrException {
    FrrState state = FrrState.read(SUMMARY + DUPLICATES + DETAILS);
    assertThat(state.speaks()).isTrue();
    assertThat(state.overlays().keySet()).containsExactly(VNI, new Vni(5002));
    assertThat(state.overlays().get(VNI))
        .containsExactly(Vtep.parse("10.99.0.2"), Vtep.parse("10.99.0.3"));
    assertThat(state.overlays().get(new Vni(5002))).isEmpty();
    assertThat(state.sessions())
        .containsEntry("10.99.0.2", "Established")
        .containsEntry("10.99.0.3", "Active");
    assertThat(state.duplicates().get(VNI))
        .containsOnlyKeys(
            MacAddress.parse("52:54:00:aa:00:02"), MacAddress.parse("52:54:00:aa:00:03"))
        .containsValue(new FrrState.Duplicate("vnet3", true, 5))
        .containsValue(new FrrState.Duplicate("10.99.0.2", false, 7));
  }

  @Test
  void anFrrWithoutBgpSaysNextToNothing() throws FrrException {
    FrrState state = FrrState.read("{}\n{}\n");
    assertThat(state.speaks()).isFalse();
    assertThat(Troubles.of(List.of(), Optional.of(state), Set.of(VNI)))
        .extracting(Trouble::message)
        .containsExactly("it does not run BGP", "FRR does not know it");
  }

  @Test
  void sessionsThatDoNotStandAndDuplicatesAreTroubles() throws FrrException {
    FrrState state = FrrState.read(SUMMARY + DUPLICATES + DETAILS);
    List<Trouble> troubles = Troubles.of(List.of(), Optional.of(state), Set.of(VNI));
    assertThat(troubles)
        .extracting(Trouble::subject, Trouble::message)
        .containsExactly(
            tuple("BGP session with 10.99.0.3", "it is Active"),
            tuple(
                "VNI 5001",
                "52:54:00:aa:00:02 moved too often (sequence 5); FRR considers it a"
                    + " duplicate and has it here, at vnet3"),
            tuple(
                "VNI 5001",
                "52:54:00:aa:00:03 moved too often (sequence 7); FRR considers it a"
                    + " duplicate and has it at 10.99.0.2"));
    assertThat(troubles.get(1).advice())
        .endsWith("vtysh -c 'clear evpn dup-addr vni 5001 mac 52:54:00:aa:00:02'");
  }

  @Test
  void whatIsNoAnswerIsRefused() {
    for (String wrong :
        List.of(
            "",
            SUMMARY,
            "bgpd is not running\n",
            SUMMARY + NO_DUPLICATES + DETAILS + DETAILS,
            SUMMARY.replace("\"Established\"", "7") + NO_DUPLICATES + DETAILS,
            SUMMARY + DUPLICATES.replace("52:54:00:aa:00:03", "52:54") + DETAILS,
            SUMMARY + NO_DUPLICATES + DETAILS.replace("5002", "99999999"),
            SUMMARY + NO_DUPLICATES + DETAILS.replace("\"10.99.0.3\"", "\"h3\""),
            SUMMARY + NO_DUPLICATES + DETAILS.substring(0, 60))) {
      assertThatThrownBy(() -> FrrState.read(wrong)).as(wrong).isInstanceOf(FrrException.class);
    }
  }

  @Test
  void noiseIsRefusedOrRead() {
    Random random = new Random(5);
    String text = SUMMARY + DUPLICATES + DETAILS;
    for (int i = 0; i < 3_000; i++) {
      StringBuilder noisy = new StringBuilder(text);
      for (int j = random.nextInt(4); j >= 0; j--) {
        noisy.setCharAt(random.nextInt(noisy.length()), (char) (32 + random.nextInt(95)));
      }
      try {
        assertThat(FrrState.read(noisy.toString()).overlays().size()).isLessThan(4);
      } catch (FrrException refused) {
        assertThat(refused).hasMessageStartingWith("its answer is not understood: ");
      }
    }
  }
}
