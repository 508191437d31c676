package io.vxland.directory;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vxland.model.Flooding;
import io.vxland.model.InterfaceName;
import io.vxland.model.InvalidValueException;
import io.vxland.model.IpAddress;
import io.vxland.model.MacAddress;
import io.vxland.model.NetworkName;
import io.vxland.model.PortSecurity;
import io.vxland.model.SharedNetwork;
import io.vxland.model.Template;
import io.vxland.model.VlanTag;
import io.vxland.model.Vni;
import io.vxland.model.Vtep;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The schema: what stands in the store, letter by letter. */
class EntryTextTest {
  private static final Vtep HOST = Vtep.parse("10.99.0.1");
  private static final Vni VNI = new Vni(5001);
  private static final MacAddress MAC = MacAddress.parse("52:54:00:00:00:01");

  static Stream<Arguments> schema() {
    return Stream.of(
        Arguments.of(new Entry.Host(HOST, "h1"), "hosts/10.99.0.1", "{'name':'h1'}"),
        Arguments.of(new Entry.Host(Vtep.parse("fd00::1"), "h1"), "hosts/fd00::1", "{'name':'h1'}"),
        Arguments.of(new Entry.Member(HOST, VNI), "members/10.99.0.1/5001", "{}"),
        Arguments.of(
            new Entry.Port(
                HOST,
                VNI,
                MAC,
                7,
                new UUID(0, 1),
                "vm1",
                List.of(IpAddress.parse("fd00::7"), IpAddress.parse("10.0.0.7")),
                true),
            "ports/10.99.0.1/5001/52:54:00:00:00:01",
            "{'sequence':7,'domain':'00000000-0000-0000-0000-000000000001','vm':'vm1',"
                + "'addresses':['10.0.0.7','fd00::7'],'named':true}"),
        Arguments.of(
            new Entry.Sequence(VNI, MAC, 7), "sequences/5001/52:54:00:00:00:01", "{'number':7}"),
        Arguments.of(
            new Entry.Network(
                new SharedNetwork(
                    new NetworkName("blue"),
                    VNI,
                    Template.BRIDGE,
                    new InterfaceName("br5001"),
                    Optional.empty()),
                false),
            "networks/blue",
            "{'vni':5001,'template':'bridge','bridge':'br5001','tag':0,'flood':'yes','deleted':false}"),
        Arguments.of(
            new Entry.Network(
                new SharedNetwork(
                    new NetworkName("red"),
                    new Vni(7),
                    Template.OVS_TUN,
                    new InterfaceName("br-extun"),
                    Optional.of(new VlanTag(12))),
                true),
            "networks/red",
            "{'vni':7,'template':'ovs-tun','bridge':'br-extun','tag':12,'flood':'yes','deleted':true}"),
        Arguments.of(
            new Entry.Network(
                new SharedNetwork(
                    new NetworkName("quiet"),
                    VNI,
                    Template.BRIDGE,
                    new InterfaceName("br5001"),
                    Optional.empty(),
                    Flooding.BROADCASTS,
                    PortSecurity.KNOWN),
                false),
            "networks/quiet",
            "{'vni':5001,'template':'bridge','bridge':'br5001','tag':0,'flood':'broadcast','deleted':false}"),
        Arguments.of(
            new Entry.Network(
                new SharedNetwork(
                    new NetworkName("guarded"),
                    VNI,
                    Template.BRIDGE,
                    new InterfaceName("br5001"),
                    Optional.empty(),
                    Flooding.ALL,
                    PortSecurity.STRICT),
                false),
            "networks/guarded",
            "{'vni':5001,'template':'bridge','bridge':'br5001','tag':0,'flood':'yes','portSecurity':'strict','deleted':false}"),
        Arguments.of(
            new Entry.Allocation(VNI, new NetworkName("blue")), "vnis/5001", "{'network':'blue'}"));
  }

  @ParameterizedTest
  @MethodSource("schema")
  void anEntryStandsUnderItsKeyAndIsReadBack(Entry entry, String key, String json) {
    assertThat(entry.key().text()).isEqualTo(key);
    assertThat(new String(EntryText.value(entry), UTF_8)).isEqualTo(json.replace('\'', '"'));
    assertThat(EntryText.read(Key.parse(key), EntryText.value(entry))).isEqualTo(entry);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "hosts",
        "hosts/",
        "hosts/h1",
        "hosts/10.99.0.1/",
        "hosts/010.99.0.1",
        "hosts/FD00::1",
        "members/10.99.0.1/05001",
        "members/10.99.0.1/0",
        "ports/10.99.0.1/5001/ff:ff:ff:ff:ff:ff",
        "ports/10.99.0.1/5001/52:54:00:00:00:0A",
        "networks/a b/c",
        "vnis/16777216",
        "locations/5001",
      })
  void whatIsNoKeyOfTheSchemaIsRefused(String text) {
    assertThatThrownBy(() -> Key.parse(text)).isInstanceOf(InvalidValueException.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "hosts/10.99.0.1 | {} | name",
        "hosts/10.99.0.1 | {'name':'a','more':1} | more",
        "hosts/10.99.0.1 | {'name':7} | name",
        "members/10.99.0.1/5001 | [] | kind",
        "vnis/5001 | {'network':''} | vnis/5001",
        "networks/blue |"
            + " {'vni':5001,'template':'magic','bridge':'br5001','tag':0,'flood':'yes','deleted':false}"
            + " | magic",
        "networks/blue |"
            + " {'vni':5001,'template':'bridge','bridge':'a/b','tag':0,'flood':'yes','deleted':false}"
            + " | a/b",
        "networks/blue |"
            + " {'vni':5001,'template':'bridge','bridge':'br5001','tag':4095,'flood':'yes','deleted':false}"
            + " | 4095",
        "ports/10.99.0.1/5001/52:54:00:00:00:01 | "
            + "{'sequence':0,'domain':'00000000-0000-0000-0000-000000000001','vm':'','addresses':[],'named':false}"
            + " | sequence 0",
        "ports/10.99.0.1/5001/52:54:00:00:00:01 | "
            + "{'sequence':1,'domain':'0-0-0-0-1','vm':'','addresses':[],'named':false} | UUID",
        "ports/10.99.0.1/5001/52:54:00:00:00:01 | "
            + "{'sequence':1,'domain':'00000000-0000-0000-0000-000000000001','vm':'',"
            + "'addresses':['a.example'],'named':true} | a.example",
      })
  void whatIsNoEntryIsRefusedWithItsKeyAndTheReason(String key, String json, String reason) {
    assertThatThrownBy(
            () -> EntryText.read(Key.parse(key), json.replace('\'', '"').getBytes(UTF_8)))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageStartingWith(key + ": ")
        .hasMessageContaining(reason);
  }

  @Test
  void aValueThatIsTooLongIsNotEvenRead() {
    assertThatThrownBy(() -> EntryText.read(new Key.Host(HOST), new byte[EntryText.MAX_BYTES + 1]))
        .hasMessageContaining("at most 131072");
  }
}
