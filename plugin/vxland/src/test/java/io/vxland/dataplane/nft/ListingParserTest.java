package io.vxland.dataplane.nft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.vxland.model.InterfaceName;
import io.vxland.model.MacAddress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListingParserTest {
  private static final InterfaceName TUNNEL = new InterfaceName("vxmig5001");
  private static final MacAddress CARD = MacAddress.parse("52:54:00:12:34:56");

  /** nft 1.0.6 on Linux 6.18: the tap of the second rule was deleted after the rule was made. */
  private static final String REAL =
      """
      {"nftables": [{"metainfo": {"version": "1.0.6", "release_name": "Lester Gooch #5", \
      "json_schema_version": 1}}, \
      {"table": {"family": "netdev", "name": "vxland", "handle": 1}}, \
      {"chain": {"family": "netdev", "table": "vxland", "name": "vxmig5001", "handle": 1, \
      "type": "filter", "hook": "ingress", "prio": 0, "policy": "drop"}}, \
      {"rule": {"family": "netdev", "table": "vxland", "chain": "vxmig5001", "handle": 2, \
      "expr": [{"match": {"op": "==", "left": {"payload": {"protocol": "ether", \
      "field": "daddr"}}, "right": "52:54:00:12:34:56"}}, \
      {"counter": {"packets": 7, "bytes": 294}}, {"fwd": {"dev": "vnet3"}}]}}, \
      {"rule": {"family": "netdev", "table": "vxland", "chain": "vxmig5001", "handle": 3, \
      "expr": [{"match": {"op": "==", "left": {"payload": {"protocol": "ether", \
      "field": "daddr"}}, "right": "52:54:00:12:34:57"}}, \
      {"counter": {"packets": 0, "bytes": 0}}, {"fwd": {"dev": "5"}}]}}]}
      """;

  private static Listing parse(String json) throws IOException {
    return ListingParser.parse(json);
  }

  @Test
  void aRealListingIsRead() throws IOException {
    Listing listing = parse(REAL);
    assertThat(listing.exists()).isTrue();
    assertThat(listing.strange()).isEmpty();
    assertThat(listing.chains()).containsOnlyKeys(TUNNEL);
    assertThat(listing.chains().get(TUNNEL).guards()).isTrue();
    MacAddress second = MacAddress.parse("52:54:00:12:34:57");
    assertThat(listing.chains().get(TUNNEL).byMac())
        .isEqualTo(
            Map.of(
                CARD,
                new Listing.Rule(2, CARD, new InterfaceName("vnet3"), 7),
                second,
                new Listing.Rule(3, second, new InterfaceName("5"), 0)));
    assertThat(listing.handles(TUNNEL, CARD)).containsExactly(2L);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"vxmig5001\"", "[\"vxmig5001\"]"})
  void aNewerNftSaysWhichDeviceAChainIsOn(String device) throws IOException {
    Listing listing = parse(REAL.replace("\"prio\": 0", "\"dev\": " + device + ", \"prio\": 0"));
    assertThat(listing.chains().get(TUNNEL).guards()).isTrue();
    assertThat(listing.strange()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          "policy": "drop"  | "policy": "accept"
          "hook": "ingress" | "hook": "egress"
          "prio": 0         | "prio": 1
          "prio": 0         | "prio": 4294967296
          "prio": 0         | "prio": 0, "dev": "eth0"
          "prio": 0         | "prio": 0, "dev": ["vxmig5001", "eth0"]
          "prio": 0         | "prio": 0, "comment": "mine"
          , "policy": "drop" | ``
          "name": "vxland", | "name": "vxland", "flags": ["dormant"],
          """)
  void aChainThatDoesNotGuardIsNoGuardAndItsDeliveriesAreKnown(String ours, String theirs)
      throws IOException {
    assertThat(REAL).contains(ours);
    Listing listing = parse(REAL.replace(ours, theirs == null ? "" : theirs));
    assertThat(listing.chains().get(TUNNEL).guards()).isFalse();
    assertThat(listing.handles(TUNNEL, CARD)).containsExactly(2L);
    assertThat(listing.strange()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          "handle": 2,              | "handle": 2, "comment": "mine",
          "handle": 2,              | "handle": "2",
          "handle": 2,              | "handle": 18446744073709551616,
          "handle": 2,              | "handle": 2.5,
          "op": "==", "left": {"payload": {"protocol": "ether", "field": "daddr"}}, "right": "52:54:00:12:34:56" | "op": "!=", "left": {"payload": {"protocol": "ether", "field": "daddr"}}, "right": "52:54:00:12:34:56"
          "right": "52:54:00:12:34:56" | "right": {"set": ["52:54:00:12:34:56"]}
          "right": "52:54:00:12:34:56" | "right": "52:54:00:12:34"
          "packets": 7              | "packets": -0.5
          {"fwd": {"dev": "vnet3"}} | {"accept": null}
          {"fwd": {"dev": "vnet3"}} | {"fwd": {"dev": "vnet3", "family": "ip"}}
          {"fwd": {"dev": "vnet3"}} | {"fwd": {"dev": "no device/name"}}
          {"fwd": {"dev": "vnet3"}} | {"fwd": {"dev": "vnet3"}}, {"drop": null}
          {"counter": {"packets": 7, "bytes": 294}}, | ``
          "table": "vxland", "chain": "vxmig5001", "handle": 2 | "table": "other", "chain": "vxmig5001", "handle": 2
          """)
  void aRuleThatIsNotAsOursIsToldAndHasNoHandleToDelete(String ours, String theirs)
      throws IOException {
    assertThat(REAL).contains(ours);
    Listing listing = parse(REAL.replace(ours, theirs == null ? "" : theirs));
    assertThat(listing.handles(TUNNEL, CARD)).isEmpty();
    assertThat(listing.strange()).hasSize(1);
    assertThat(listing.chains().get(TUNNEL).guards()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{}",
        "{\"nftables\": 1}",
        "{\"nftables\": [], \"more\": 1}",
        "{\"nftables\": []} trailing",
        "{\"nftables\": [], \"nftables\": []}",
        "{\"nftables\": [",
        "# Warning: table ip nat is managed by iptables-nft, do not touch!"
      })
  void whatIsNotNftsJsonIsRefused(String text) {
    assertThatThrownBy(() -> parse(text))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("not JSON as nft prints it");
  }

  @Test
  void depthIsLimited() {
    assertThatThrownBy(() -> parse("{\"nftables\": " + "[".repeat(100_000)))
        .isInstanceOf(IOException.class);
  }

  @Test
  void ofManyStrangeThingsSomeAreToldAndTheRestCounted() throws IOException {
    String sets = "{\"set\": {\"name\": \"" + "x".repeat(1_000) + "\"}},";
    Listing listing = parse("{\"nftables\": [" + sets.repeat(100_000) + "1]}");
    assertThat(listing.exists()).isFalse();
    assertThat(listing.strange()).hasSize(21).last().isEqualTo("and 99981 more");
    assertThat(listing.strange()).allMatch(text -> text.length() <= 203);
  }

  @FuzzTest
  void anyBytesAreReadOrRefused(byte[] bytes) {
    try {
      Listing listing = parse(new String(bytes, StandardCharsets.UTF_8));
      assertThat(listing.strange()).hasSizeLessThanOrEqualTo(21);
    } catch (IOException refused) {
      assertThat(refused).hasMessageStartingWith("not JSON as nft prints it");
    }
  }
}
