package io.vxland.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vxland.migration.Event;
import io.vxland.migration.Stage;
import io.vxland.migration.Step;
import io.vxland.model.Barriers;
import io.vxland.model.Flooding;
import io.vxland.model.InterfaceName;
import io.vxland.model.IpAddress;
import io.vxland.model.LocalPort;
import io.vxland.model.MacAddress;
import io.vxland.model.Network;
import io.vxland.model.NetworkName;
import io.vxland.model.OverlayOptions;
import io.vxland.model.Template;
import io.vxland.model.Vni;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryTest {
  @TempDir private Path directory;

  private Path file() {
    return directory.resolve("memory.json");
  }

  private static World.View view() {
    World.LibvirtNetwork blue =
        new World.LibvirtNetwork(
            new Network(
                new NetworkName("blau & grün"),
                new Vni(5001),
                Optional.of(new InterfaceName("br5001")),
                Template.BRIDGE,
                Network.Origin.LIBVIRT,
                OverlayOptions.DEFAULTS.with(Flooding.BROADCASTS)),
            true,
            false);
    return new World.View(
        1, Set.of(), Map.of(blue.network().name(), blue), Set.of(), Set.of(), List.of(), true);
  }

  private static Cards.Card card(Stage stage) {
    return new Cards.Card(
        new LocalPort(
            new UUID(1, 2),
            "vm \"1\"",
            MacAddress.parse("52:54:00:00:00:01"),
            new Vni(5001),
            new InterfaceName("br5001"),
            Optional.of(new InterfaceName("vnet0")),
            Optional.empty(),
            LocalPort.State.HERE),
        stage);
  }

  private Stage recalled(Stage stage) throws IOException {
    new Memory(file()).save(view(), List.of(card(stage)), Map.of());
    return new Memory(file()).load().orElseThrow().cards().get(0).stage();
  }

  @Test
  void whatIsSavedIsRecalled() throws IOException {
    LocalPort.Key key = card(new Stage.Incoming()).port().key();
    Map<LocalPort.Key, List<IpAddress>> seen = Map.of(key, List.of(IpAddress.parse("fd00::7")));
    Cards.Card named =
        new Cards.Card(
            card(new Stage.Incoming()).port().with(List.of(IpAddress.parse("10.0.0.7"))),
            new Stage.Incoming());
    List<Cards.Card> cards = List.of(named);
    new Memory(file()).save(view(), cards, seen);
    Memory.Recollection recalled = new Memory(file()).load().orElseThrow();
    assertThat(recalled.networks()).isEqualTo(List.copyOf(view().libvirt().values()));
    assertThat(recalled.cards()).isEqualTo(cards);
    assertThat(recalled.seen()).isEqualTo(seen);
    assertThat(directory.toFile().list()).containsExactly("memory.json");
  }

  @Test
  void aMigrationGoesOnAfterARestart() throws IOException {
    assertThat(recalled(Stage.Here.SETTLED)).isEqualTo(Stage.Here.SETTLED);
    assertThat(recalled(new Stage.Here(OptionalLong.of(1)))).isEqualTo(Stage.Here.SETTLED);
    assertThat(recalled(new Stage.Copying(OptionalLong.empty(), 1)))
        .as("libvirt is asked at once whether it is still being copied")
        .isInstanceOfSatisfying(
            Stage.Copying.class,
            copying -> {
              assertThat(copying.deadline().getAsLong()).isLessThanOrEqualTo(System.nanoTime());
              assertThat(copying.on(Event.TICK, System.nanoTime()).effects())
                  .containsExactly(Step.Effect.ASK_COPY);
            });
    assertThat(recalled(Stage.Paused.at(1)))
        .isInstanceOfSatisfying(
            Stage.Paused.class,
            paused -> assertThat(paused.deadline().getAsLong()).isGreaterThan(System.nanoTime()));
    assertThat(recalled(new Stage.Paused(true, OptionalLong.empty())))
        .isInstanceOfSatisfying(Stage.Paused.class, paused -> assertThat(paused.heard()).isTrue());
    assertThat(recalled(new Stage.Away(true, 1)))
        .isInstanceOfSatisfying(Stage.Away.class, away -> assertThat(away.heard()).isTrue());
  }

  @Test
  void aFileOfAVersionThatKnewNoAddressesAndNoFloodingIsStillUsed() throws IOException {
    Files.writeString(
        file(),
        "{\"format\":2,\"networks\":[{\"name\":\"blue\",\"vni\":5001,\"bridge\":\"br5001\","
            + "\"template\":\"bridge\",\"tag\":0,\"origin\":\"LIBVIRT\",\"active\":true,"
            + "\"autostart\":true}],\"ports\":[{\"domain\":"
            + "\"00000000-0000-0001-0000-000000000002\",\"name\":\"x\","
            + "\"mac\":\"52:54:00:00:00:01\",\"vni\":1,\"bridge\":\"b\",\"tap\":\"\","
            + "\"portId\":\"\",\"stage\":\"HERE\",\"heard\":false}]}");
    Memory.Recollection recalled = new Memory(file()).load().orElseThrow();
    assertThat(recalled.cards()).singleElement().matches(card -> card.port().addresses().isEmpty());
    assertThat(recalled.networks())
        .singleElement()
        .matches(known -> known.network().options().flood() == Flooding.ALL);
    assertThat(recalled.seen()).isEmpty();
  }

  /** That version refuses fields that it does not know. */
  @Test
  void aVersionThatKnewNoBarriersCanUseTheFileOfNicsWithoutThem() throws IOException {
    new Memory(file()).save(view(), List.of(card(Stage.Here.SETTLED)), Map.of());
    assertThat(Files.readString(file())).doesNotContain("isolated", "filtered");
  }

  @Test
  void whatLibvirtKeepsANicFromIsRecalled() throws IOException {
    LocalPort plain = card(Stage.Here.SETTLED).port();
    LocalPort isolated =
        new LocalPort(
            plain.domain(),
            plain.domainName(),
            plain.mac(),
            plain.vni(),
            plain.bridge(),
            plain.tap(),
            plain.portId(),
            plain.state(),
            plain.addresses(),
            plain.named(),
            plain.mtu(),
            plain.allowance(),
            new Barriers(true, false),
            true);
    List<Cards.Card> cards = List.of(new Cards.Card(isolated, Stage.Here.SETTLED));
    new Memory(file()).save(view(), cards, Map.of());
    assertThat(new Memory(file()).load().orElseThrow().cards())
        .extracting(each -> each.port().barriers())
        .containsExactly(new Barriers(true, false));
  }

  @Test
  void withoutAFileThereIsNothingToRecall() throws IOException {
    assertThat(new Memory(file()).load()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "not json",
        "{}",
        "[]",
        "{\"format\":3,\"networks\":[],\"ports\":[]}",
        "{\"format\":2,\"networks\":null,\"ports\":[]}",
        "{\"format\":2,\"networks\":[],\"ports\":[],\"more\":1}",
        "{\"format\":2,\"networks\":[{\"name\":\"x\",\"vni\":0,\"bridge\":\"b\","
            + "\"template\":\"bridge\",\"active\":true,\"autostart\":true}],\"ports\":[]}",
        "{\"format\":2,\"networks\":[],\"ports\":[{\"domain\":\"no uuid\",\"name\":\"x\","
            + "\"mac\":\"52:54:00:00:00:01\",\"vni\":1,\"bridge\":\"b\",\"tap\":\"\","
            + "\"portId\":\"\",\"stage\":\"HERE\",\"heard\":false}]}",
        "{\"format\":2,\"networks\":[],\"ports\":[{\"domain\":"
            + "\"00000000-0000-0001-0000-000000000002\",\"name\":\"x\","
            + "\"mac\":\"52:54:00:00:00:01\",\"vni\":1,\"bridge\":\"b\",\"tap\":\"\","
            + "\"portId\":\"\",\"stage\":\"NOWHERE\",\"heard\":false}]}"
      })
  void aBrokenFileIsKeptAsideAndSaysWhy(String content) throws IOException {
    Files.writeString(file(), content);
    assertThatThrownBy(() -> new Memory(file()).load())
        .isInstanceOf(IOException.class)
        .hasMessageContaining(file().toString())
        .hasMessageContaining("kept as");
    assertThat(file()).doesNotExist();
    assertThat(directory.resolve("memory.json.unreadable")).hasContent(content);
  }
}
