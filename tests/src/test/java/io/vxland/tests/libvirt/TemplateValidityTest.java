package io.vxland.tests.libvirt;

import static org.assertj.core.api.Assertions.assertThat;

import io.vxland.libvirt.xml.Templates;
import io.vxland.model.Mtu;
import io.vxland.model.Network;
import io.vxland.model.NetworkName;
import io.vxland.model.OverlayOptions;
import io.vxland.model.Template;
import io.vxland.model.VlanTag;
import io.vxland.model.Vni;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** libvirt's own schemas take what the templates make. */
class TemplateValidityTest {
  private static final Templates TEMPLATES = new Templates(Path.of("../xml-templates"));

  @TempDir private Path directory;

  @Test
  void theRenderedNetworkIsValid() throws Exception {
    Network network =
        new Network(
            new NetworkName("blue"),
            new Vni(5001),
            Optional.empty(),
            Template.BRIDGE,
            Network.Origin.LIBVIRT,
            OverlayOptions.DEFAULTS);
    assertThat(validate("network", TEMPLATES.network(network))).endsWith(" validates\n");
  }

  @Test
  void theRenderedNetworkOnOpenVswitchIsValid() throws Exception {
    for (Optional<VlanTag> tag : List.of(Optional.<VlanTag>empty(), Optional.of(new VlanTag(11)))) {
      Network network =
          new Network(
              new NetworkName("ovs-tun"),
              new Vni(5001),
              Optional.empty(),
              tag,
              Template.OVS_TUN,
              Network.Origin.LIBVIRT,
              OverlayOptions.DEFAULTS);
      assertThat(validate("network", TEMPLATES.network(network))).endsWith(" validates\n");
    }
  }

  @Test
  void aDomainWithTheRenderedCardIsValid() throws Exception {
    String domain =
        """
        <domain type='kvm'>
          <name>vm</name>
          <memory>1048576</memory>
          <os><type>hvm</type></os>
          <devices>
            %s
          </devices>
        </domain>
        """;
    String card = TEMPLATES.domainInterface(new NetworkName("blue"), new Mtu(1450));
    assertThat(validate("domain", domain.formatted(card))).endsWith(" validates\n");
  }

  @Test
  void theSchemaWouldRefuseWhatItDoesNotKnow() throws Exception {
    assertThat(validate("network", "<network><name>blue</name><unknown/></network>"))
        .endsWith(" fails to validate\n");
  }

  private String validate(String schema, String xml) throws Exception {
    Path file = Files.writeString(directory.resolve("document.xml"), xml);
    Path output = directory.resolve("output");
    Process process =
        new ProcessBuilder("virt-xml-validate", file.toString(), schema)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return Files.readString(output);
  }
}
