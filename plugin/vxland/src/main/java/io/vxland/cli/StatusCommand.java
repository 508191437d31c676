package io.vxland.cli;

import io.vxland.api.ApiException;
import io.vxland.api.Json;
import io.vxland.api.Status;
import java.io.PrintWriter;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** vxctl status. */
@Command(
    name = "status",
    description = "Show the state of this host. Exits with 4 if it needs attention.")
final class StatusCommand extends DaemonCommand {
  private static final int MAX_WAIT = 86_400;

  private final Pulse pulse;

  @Spec private CommandSpec spec;

  @Option(names = "--diff", description = "Show the pending changes one by one.")
  private boolean diff;

  @Option(
      names = "--wait",
      paramLabel = "SECONDS",
      description =
          "Wait until the host is in sync, libvirt is connected and there is no problem, and no"
              + " longer than this.")
  private Integer wait;

  /**
   * Creates it.
   *
   * @param pulse when to look again
   */
  StatusCommand(Vxctl vxctl, Pulse pulse) {
    super(vxctl);
    this.pulse = pulse;
  }

  @Override
  byte[] ask(DaemonClient daemon) throws ApiException, UnreachableException {
    if (wait == null) {
      return askOnce(daemon);
    }
    if (wait < 0 || wait > MAX_WAIT) {
      throw new ParameterException(
          spec.commandLine(), "--wait takes a number of seconds from 0 to " + MAX_WAIT);
    }
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(wait);
    while (true) {
      boolean late = System.nanoTime() - end >= 0;
      try {
        byte[] answer = askOnce(daemon);
        if (late || Json.read(answer, Status.class).settled()) {
          return answer;
        }
      } catch (UnreachableException notYet) {
        if (late) {
          throw notYet;
        }
      } catch (ApiException busy) {
        if (late || busy.kind() != ApiException.Kind.UNAVAILABLE) {
          throw busy;
        }
      }
      if (!pulse.next()) {
        return askOnce(daemon);
      }
    }
  }

  private byte[] askOnce(DaemonClient daemon) throws ApiException, UnreachableException {
    return daemon.get(diff ? "/v1/status?diff=true" : "/v1/status");
  }

  @Override
  int print(byte[] answer, PrintWriter out, Views views) throws ApiException {
    new StatusView(out, views).print(Json.read(answer, Status.class));
    return exit(answer);
  }

  @Override
  int exit(byte[] answer) throws ApiException {
    Status status = Json.read(answer, Status.class);
    return (wait == null ? status.healthy() : status.settled()) ? Exit.OK : Exit.UNHEALTHY;
  }
}
