package io.vxland.cli;

import io.vxland.api.ApiException;
import io.vxland.api.Json;
import io.vxland.api.Status;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** vxctl status. */
@Command(
    name = "status",
    description = "Show the state of this host. Exits with 4 if there is something to look at.")
final class StatusCommand extends DaemonCommand {
  @Option(names = "--diff", description = "Show the pending changes one by one.")
  private boolean diff;

  StatusCommand(Vxctl vxctl) {
    super(vxctl);
  }

  @Override
  byte[] ask(DaemonClient daemon) throws ApiException, UnreachableException {
    return daemon.get(diff ? "/v1/status?diff=true" : "/v1/status");
  }

  @Override
  int print(byte[] answer, PrintWriter out, Views views) throws ApiException {
    new StatusView(out, views).print(Json.read(answer, Status.class));
    return exit(answer);
  }

  @Override
  int exit(byte[] answer) throws ApiException {
    return Json.read(answer, Status.class).healthy() ? Exit.OK : Exit.UNHEALTHY;
  }
}
