package io.vxland.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A word before the command proper, which does nothing alone. */
@Command
abstract class Group implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "'"
            + spec.name()
            + "' needs one of these commands: "
            + String.join(", ", spec.subcommands().keySet()));
  }

  /** What can be done with networks. */
  @Command(
      name = "network",
      description = "Define, show and delete networks.",
      synopsisSubcommandLabel = "COMMAND")
  static final class Network extends Group {}

  /** What can be done with ports. */
  @Command(
      name = "port",
      description = "Show the NICs of VMs.",
      synopsisSubcommandLabel = "COMMAND")
  static final class Port extends Group {}
}
