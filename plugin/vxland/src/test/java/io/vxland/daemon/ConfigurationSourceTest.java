package io.vxland.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vxland.config.ConfigException;
import io.vxland.model.NetworkName;
import io.vxland.model.Vtep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A daemon starts with the present configuration, or with the last good one. */
final class ConfigurationSourceTest {
  private static final String GOOD =
      """
      [host]
      address = 10.99.0.1
      [control]
      peers = 10.99.0.2
      [libvirt]
      uri = test:///default
      [ovs]
      database = /run/one.sock
      """;
  private static final String WRONG =
      """
      [host]
      adress = 10.99.0.1
      [control]
      peers = me
      """;
  private static final String NETWORK =
      """
      [network blue]
      vni = 5001
      mtu = 1400
      """;

  @TempDir private Path directory;

  @BeforeEach
  void directories() throws IOException {
    Files.createDirectories(directory.resolve("etc/networks.d"));
  }

  private Path kept() {
    return directory.resolve("var/configuration.json");
  }

  private void configure(String main) throws IOException {
    Files.writeString(directory.resolve("etc/vxland.conf"), main);
  }

  private void network(String text) throws IOException {
    Files.writeString(directory.resolve("etc/networks.d/blue.conf"), text);
  }

  private ConfigurationSource source() {
    Path etc = directory.resolve("etc");
    return new ConfigurationSource(new Places(etc, etc, etc, kept(), etc));
  }

  private void startWell() throws Exception {
    configure(GOOD);
    network(NETWORK);
    ConfigurationSource source = source();
    assertThat(source.start().refusal()).isEmpty();
    source.keep();
  }

  @Test
  void theLastGoodOneWithAllItsFilesIsUsedWhereThePresentOneIsRefused() throws Exception {
    startWell();
    configure(WRONG);
    Files.delete(directory.resolve("etc/networks.d/blue.conf"));

    ConfigurationSource.Start start = source().start();

    assertThat(start.configuration().host().address().exact()).contains(Vtep.parse("10.99.0.1"));
    assertThat(start.configuration().networks()).containsOnlyKeys(new NetworkName("blue"));
    ConfigurationSource.Refusal refusal = start.refusal().orElseThrow();
    assertThat(refusal.mistakes().problems()).hasSize(2);
    assertThat(refusal.mistakes()).hasMessageContaining("etc/vxland.conf:2: [host]: unknown key");
  }

  @Test
  void aMistakeInAFileOfANetworkCountsLikewise() throws Exception {
    startWell();
    network("[network blue]\nvni = 99999999\n");
    assertThat(source().start().refusal()).isPresent();
  }

  @Test
  void aRefusedOneIsNeverKept() throws Exception {
    startWell();
    String before = Files.readString(kept());
    configure(WRONG);
    ConfigurationSource source = source();
    source.start();
    assertThatThrownBy(source::reload).isInstanceOf(ConfigException.class);
    source.keep();
    assertThat(Files.readString(kept())).isEqualTo(before);
  }

  @Test
  void afterTheMistakeIsMendedTheNewOneIsKept() throws Exception {
    startWell();
    configure(WRONG);
    ConfigurationSource source = source();
    source.start();
    configure(GOOD.replace("10.99.0.2", "10.99.0.3"));
    source.reload();
    source.keep();
    configure(WRONG);
    assertThat(source().start().configuration().control().peers())
        .containsExactly(Vtep.parse("10.99.0.3"));
  }

  @Test
  void onlyItsOwnerReadsTheKeptOneAlsoWhereACrashHasLeftHalfOfIt() throws Exception {
    Files.createDirectories(kept().getParent());
    Path half = kept().resolveSibling("configuration.json.new");
    Files.writeString(half, "{\"form");
    startWell();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(kept())))
        .isEqualTo("rw-------");
    assertThat(half).doesNotExist();
  }

  @Test
  void withoutALastGoodOneThereIsNothingToStartWithAndAllMistakesAreSaid() throws Exception {
    configure(WRONG);
    assertThatThrownBy(() -> source().start())
        .isInstanceOf(NoConfigurationException.class)
        .hasMessageContaining("[host]: unknown key 'adress'")
        .hasMessageContaining("[control] peers: 'me' is not an IPv4 or IPv6 address")
        .hasMessageContaining("there is no " + kept());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{\"format\":2,\"read\":\"2026-01-01T00:00:00Z\",\"files\":[]}",
        "{\"format\":1,\"read\":\"2026-01-01T00:00:00Z\",\"files\":[]}",
        "{\"format\":1,\"read\":\"now\",\"files\":[{\"name\":\"vxland.conf\",\"text\":\"\"}]}",
        "{\"format\":1,\"read\":\"2026-01-01T00:00:00Z\",\"files\":[null]}",
        "{\"format\":1,\"read\":\"2026-01-01T00:00:00Z\",\"files\":[{\"name\":\"vxland.conf\"}]}",
        "{\"format\":1,\"read\":\"2026-01-01T00:00:00Z\",\"more\":1,\"files\":[{\"name\":"
            + "\"vxland.conf\",\"text\":\"\"}]}",
        "{\"format\":1,\"read\":\"2026-01-01T00:00:00Z\",\"files\":[{\"name\":\"vxland.conf\","
            + "\"text\":\"\"},{\"name\":\"networks.d/../../x.conf\",\"text\":\"\"}]}",
        "{\"format\":1,\"read\":\"2026-01-01T00:00:00Z\",\"files\":[{\"name\":\"vxland.conf\","
            + "\"text\":\"[host]\\naddress = nowhere/24\\n\"}]}",
        "{\"format\":1,\"read\":\"2026-01-01T00:00:00Z\",\"files\":[{\"name\":\"vxland.conf\","
            + "\"text\":\"\"},{\"name\":\"networks.d/a.conf\",\"text\":\"[host]\\n\"}]}"
      })
  void aKeptOneThatIsNotWhatWasWrittenIsRefused(String content) throws Exception {
    configure(WRONG);
    Files.createDirectories(kept().getParent());
    Files.writeString(kept(), content);
    assertThatThrownBy(() -> source().start())
        .isInstanceOf(NoConfigurationException.class)
        .hasMessageContaining(kept() + " cannot be used: ");
  }

  @Test
  void noDamageToTheKeptOneEndsInAnythingButARefusalOrARightConfiguration() throws Exception {
    startWell();
    byte[] whole = Files.readAllBytes(kept());
    configure(WRONG);
    Random random = new Random(11);
    for (int i = 0; i < 500; i++) {
      byte[] damaged = whole.clone();
      damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      Files.write(kept(), damaged);
      try {
        assertThat(source().start().refusal()).isPresent();
      } catch (NoConfigurationException refused) {
        assertThat(refused).hasMessageContaining("cannot be used");
      }
    }
  }

  @Test
  void keysThatAreReadAtStartOnlyStayAndAreNamed() throws Exception {
    startWell();
    ConfigurationSource source = source();
    source.start();
    configure(
        GOOD.replace("one.sock", "two.sock").replace("test:///default", "qemu:///system")
            + "datapath = netdev\n");

    ConfigurationSource.Reload reload = source.reload();

    assertThat(reload.ignored()).containsExactly("[libvirt] uri", "[ovs] database");
    assertThat(reload.configuration().libvirt().uri()).isEqualTo("test:///default");
    assertThat(reload.configuration().ovs().database()).isEqualTo("/run/one.sock");
    assertThat(reload.configuration().ovs().datapath()).hasToString("netdev");
    configure(GOOD);
    assertThat(source.reload().ignored()).isEmpty();
  }
}
