package io.vxland.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** The completion and the man page tell what the command knows. */
class DocumentationTest {
  private static final Path RPM = Path.of("..", "..", "rpm");

  @Test
  void theCompletionIsCurrent() throws IOException {
    String current = AutoComplete.bash("vxctl", Vxctl.commandLine());
    Path written = Path.of("target", "completion", "vxctl");
    Files.createDirectories(written.getParent());
    Files.writeString(written, current);
    assertThat(RPM.resolve("completion/vxctl"))
        .as("to renew it: cp plugin/vxland/target/completion/vxctl rpm/completion/vxctl")
        .hasContent(current);
  }

  @Test
  void theManPageTellsEveryCommandAndOption() throws IOException {
    String page = Files.readString(RPM.resolve("man/vxctl.1")).replace("\\-", "-");
    List<String> missing =
        commands(Vxctl.commandLine())
            .flatMap(
                command ->
                    Stream.concat(
                        Stream.of(command.getCommandName()),
                        command.getCommandSpec().options().stream().map(OptionSpec::longestName)))
            .map(name -> name.startsWith("--") ? "Fl -" + name.substring(2) : name)
            .distinct()
            .filter(name -> !page.contains(name))
            .toList();
    assertThat(missing).isEmpty();
  }

  @Test
  void theManPageTellsEveryExitCode() throws IOException {
    String page = Files.readString(RPM.resolve("man/vxctl.1"));
    for (int exit :
        new int[] {Exit.OK, Exit.REFUSED, Exit.USAGE, Exit.UNREACHABLE, Exit.UNHEALTHY}) {
      assertThat(page).contains("\n.It " + exit + "\n");
    }
  }

  private static Stream<CommandLine> commands(CommandLine command) {
    return Stream.concat(
        Stream.of(command),
        command.getSubcommands().values().stream().flatMap(DocumentationTest::commands));
  }
}
