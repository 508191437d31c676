package io.vxland.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command itself, with the options that all subcommands know. */
@Command(
    name = "vxctl",
    description = "Shows and changes the VXLAN networks of this host.",
    synopsisSubcommandLabel = "COMMAND",
    sortOptions = false,
    footer = "See vxctl(1) for examples and exit codes.")
final class Vxctl implements Runnable {
  private static final Duration FOLLOW_PERIOD = Duration.ofMillis(250);

  @Spec private CommandSpec spec;

  @Option(
      names = "--socket",
      paramLabel = "PATH",
      scope = ScopeType.INHERIT,
      description = "The daemon's socket (default: /run/vxland/api.sock).")
  private Path socket = Path.of("/run/vxland/api.sock");

  @Option(names = "--json", scope = ScopeType.INHERIT, description = "Print JSON, for programs.")
  private boolean json;

  @Option(
      names = "--no-legend",
      scope = ScopeType.INHERIT,
      description = "Print tables without headers.")
  private boolean noLegend;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Print this help.")
  @SuppressWarnings("UnusedVariable") // picocli sets and reads it
  private boolean help;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  DaemonClient daemon() {
    return new DaemonClient(socket);
  }

  boolean json() {
    return json;
  }

  PrintWriter out() {
    return spec.commandLine().getOut();
  }

  boolean legend() {
    return !noLegend;
  }

  Views views() {
    return new Views(out(), legend());
  }

  /** Makes the whole command line, with its subcommands. */
  static CommandLine commandLine() {
    return commandLine(Pulse.every(FOLLOW_PERIOD));
  }

  /**
   * Makes the whole command line, with its subcommands.
   *
   * @param pulse when to look again, for commands that follow or wait for something
   */
  static CommandLine commandLine(Pulse pulse) {
    Vxctl vxctl = new Vxctl();
    CommandLine commandLine = new CommandLine(vxctl);
    commandLine
        .addSubcommand(networkCommands(vxctl))
        .addSubcommand(
            new CommandLine(new Group.Port()).addSubcommand(new ShowCommands.Ports(vxctl)))
        .addSubcommand(new ShowCommands.Fdb(vxctl))
        .addSubcommand(new ShowCommands.Peers(vxctl))
        .addSubcommand(new MigrationsCommand(vxctl, pulse))
        .addSubcommand(new ShowCommands.PlanCommand(vxctl))
        .addSubcommand(new StatusCommand(vxctl, pulse))
        .addSubcommand(new ShowCommands.VersionCommand(vxctl));
    return Failures.handledBy(commandLine);
  }

  private static CommandLine networkCommands(Vxctl vxctl) {
    return new CommandLine(new Group.Network())
        .addSubcommand(new NetworkCommands.Define(vxctl))
        .addSubcommand(new NetworkCommands.ListCommand(vxctl))
        .addSubcommand(new NetworkCommands.Show(vxctl))
        .addSubcommand(new NetworkCommands.Delete(vxctl));
  }
}
