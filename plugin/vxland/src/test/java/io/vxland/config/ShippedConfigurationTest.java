package io.vxland.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example and the manual say what the code reads, and nothing else. */
final class ShippedConfigurationTest {
  private static final Path PACKAGE = Path.of("..", "..", "rpm");
  private static final Pattern SETTING = Pattern.compile("#?([a-z0-9-]+) = .*");
  private static final Pattern SECTION = Pattern.compile("#?\\[([a-z]+)( [a-z]+)?]");
  private static final Pattern MANUAL_SECTION =
      Pattern.compile("\\.Ss (?:The section ([a-z]+)|Sections of (network)s)");
  private static final Pattern MANUAL_KEY = Pattern.compile("\\.It Cm ([a-z0-9-]+)");

  @TempDir private Path directory;

  @Test
  void theExampleMeansTheDefaults() throws Exception {
    Files.copy(PACKAGE.resolve("vxland.conf"), directory.resolve("vxland.conf"));
    Configuration example = ConfigurationReader.read(directory);

    Files.writeString(directory.resolve("vxland.conf"), "");
    assertThat(example).isEqualTo(ConfigurationReader.read(directory));
  }

  @Test
  void theExampleIsRightAlsoWithEveryLineInForce() throws Exception {
    String inForce =
        example().stream()
            .map(line -> isCommented(line) ? line.substring(1) : line)
            .collect(Collectors.joining("\n"));
    Files.writeString(directory.resolve("vxland.conf"), inForce);

    Configuration configuration = ConfigurationReader.read(directory);
    assertThat(configuration.host().address().exact()).isPresent();
    assertThat(configuration.networks()).hasSize(3);
    assertThat(configuration.ownNetworks()).hasSize(1);
  }

  @Test
  void theExampleShowsEveryKey() throws IOException {
    Set<Key> shown = EnumSet.noneOf(Key.class);
    String section = "";
    for (String line : example()) {
      Matcher header = SECTION.matcher(line);
      Matcher setting = SETTING.matcher(line);
      if (header.matches()) {
        section = header.group(1);
      } else if (setting.matches()) {
        shown.add(key(section, setting.group(1)));
      }
    }
    assertThat(shown).containsExactlyInAnyOrder(Key.values());
  }

  @Test
  void theManualDescribesEveryKeyOnceAndNoOther() throws IOException {
    List<String> described = new ArrayList<>();
    String section = "";
    for (String line : Files.readAllLines(PACKAGE.resolve("man/vxland.conf.5"))) {
      Matcher header = MANUAL_SECTION.matcher(line);
      Matcher item = MANUAL_KEY.matcher(line);
      if (header.matches()) {
        section = header.group(1) == null ? header.group(2) : header.group(1);
      } else if (item.matches()) {
        described.add(key(section, item.group(1)).name());
      }
    }
    assertThat(described)
        .containsExactlyInAnyOrderElementsOf(Arrays.stream(Key.values()).map(Key::name).toList());
  }

  private static boolean isCommented(String line) {
    return line.startsWith("#")
        && (SETTING.matcher(line).matches() || SECTION.matcher(line).matches());
  }

  private static List<String> example() throws IOException {
    return Files.readAllLines(PACKAGE.resolve("vxland.conf"));
  }

  private static Key key(String section, String name) {
    return Arrays.stream(Key.Kind.values())
        .filter(kind -> kind.title().split(" ", -1)[0].equals(section))
        .flatMap(kind -> Key.find(kind, name).stream())
        .findFirst()
        .orElseThrow(() -> new AssertionError("[" + section + "] has no key " + name));
  }
}
