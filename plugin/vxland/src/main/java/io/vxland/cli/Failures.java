package io.vxland.cli;

import io.vxland.api.ApiException;
import io.vxland.model.InterfaceName;
import io.vxland.model.InvalidValueException;
import io.vxland.model.NetworkName;
import io.vxland.model.Template;
import io.vxland.model.VlanTag;
import io.vxland.model.Vni;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** What goes wrong, as one line on standard error and a number to exit with. */
final class Failures {
  private Failures() {}

  /** Makes a command line speak of its failures so, and refuse values that no network can have. */
  static CommandLine handledBy(CommandLine commandLine) {
    return commandLine
        .registerConverter(NetworkName.class, NetworkName::new)
        .registerConverter(Vni.class, Vni::parse)
        .registerConverter(Template.class, Template::parse)
        .registerConverter(InterfaceName.class, InterfaceName::new)
        .registerConverter(VlanTag.class, VlanTag::parse)
        .setParameterExceptionHandler((failure, arguments) -> usage(failure))
        .setExecutionExceptionHandler((failure, command, result) -> execution(failure, command));
  }

  private static int usage(ParameterException failure) {
    CommandLine command = failure.getCommandLine();
    String message =
        failure.getCause() instanceof InvalidValueException invalid
            ? invalid.getMessage()
            : failure.getMessage()
                + " (see "
                + command.getCommandSpec().qualifiedName()
                + " --help)";
    return say(command, message, Exit.USAGE);
  }

  private static int execution(Exception failure, CommandLine command) throws Exception {
    if (failure instanceof ApiException) {
      return say(command, failure.getMessage(), Exit.REFUSED);
    }
    if (failure instanceof UnreachableException) {
      return say(command, failure.getMessage(), Exit.UNREACHABLE);
    }
    return say(command, "a bug in vxctl: " + failure, Exit.REFUSED);
  }

  private static int say(CommandLine command, String message, int exit) {
    PrintWriter err = command.getErr();
    err.println("vxctl: " + Text.clean(message));
    err.flush();
    return exit;
  }
}
