package io.vxland.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vxland.model.InterfaceName;
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
                OverlayOptions.DEFAULTS),
            true,
            false);
    LocalPort port =
        new LocalPort(
            new UUID(1, 2),
            "vm \"1\"",
            MacAddress.parse("52:54:00:00:00:01"),
            new Vni(5001),
            new InterfaceName("br5001"),
            Optional.of(new InterfaceName("vnet0")),
            Optional.empty(),
            LocalPort.State.INCOMING);
    return new World.View(
        1,
        Optional.empty(),
        Set.of(),
        Map.of(blue.network().name(), blue),
        Set.of(port),
        List.of(),
        true);
  }

  @Test
  void whatIsSavedIsRecalled() throws IOException {
    new Memory(file()).save(view());
    Memory.Recollection recalled = new Memory(file()).load().orElseThrow();
    assertThat(recalled.networks()).isEqualTo(List.copyOf(view().libvirt().values()));
    assertThat(recalled.ports()).isEqualTo(List.copyOf(view().ports()));
    assertThat(directory.toFile().list()).containsExactly("memory.json");
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
        "{\"format\":2,\"networks\":[],\"ports\":[]}",
        "{\"format\":1,\"networks\":null,\"ports\":[]}",
        "{\"format\":1,\"networks\":[],\"ports\":[],\"more\":1}",
        "{\"format\":1,\"networks\":[{\"name\":\"x\",\"vni\":0,\"bridge\":\"b\","
            + "\"template\":\"bridge\",\"active\":true,\"autostart\":true}],\"ports\":[]}",
        "{\"format\":1,\"networks\":[],\"ports\":[{\"domain\":\"no uuid\",\"name\":\"x\","
            + "\"mac\":\"52:54:00:00:00:01\",\"vni\":1,\"bridge\":\"b\",\"tap\":\"\","
            + "\"portId\":\"\",\"state\":\"HERE\"}]}",
        "{\"format\":1,\"networks\":[],\"ports\":[{\"domain\":"
            + "\"00000000-0000-0001-0000-000000000002\",\"name\":\"x\","
            + "\"mac\":\"52:54:00:00:00:01\",\"vni\":1,\"bridge\":\"b\",\"tap\":\"\","
            + "\"portId\":\"\",\"state\":\"NOWHERE\"}]}"
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
