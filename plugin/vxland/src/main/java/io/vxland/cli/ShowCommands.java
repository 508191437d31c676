package io.vxland.cli;

import io.vxland.api.ApiException;
import io.vxland.api.FdbEntry;
import io.vxland.api.Json;
import io.vxland.api.Peer;
import io.vxland.api.Plan;
import io.vxland.api.Port;
import io.vxland.api.Version;
import io.vxland.model.NetworkName;
import io.vxland.model.Vni;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The commands that only look. */
final class ShowCommands {
  private ShowCommands() {}

  /** vxctl port list. */
  @Command(name = "list", description = "List the NICs of VMs on this host.")
  static final class Ports extends DaemonCommand {
    Ports(Vxctl vxctl) {
      super(vxctl);
    }

    @Override
    byte[] ask(DaemonClient daemon) throws ApiException, UnreachableException {
      return daemon.get("/v1/ports");
    }

    @Override
    int print(byte[] answer, PrintWriter out, Views views) throws ApiException {
      views.ports(Json.readList(answer, Port.class));
      return Exit.OK;
    }
  }

  /** vxctl fdb. */
  @Command(
      name = "fdb",
      description = "Show forwarding entries: ours, the kernel's, and the difference.")
  static final class Fdb extends DaemonCommand {
    @Option(names = "--network", paramLabel = "NAME", description = "Only this network's.")
    private NetworkName network;

    @Option(names = "--vni", paramLabel = "N", description = "Only this VNI's.")
    private Vni vni;

    Fdb(Vxctl vxctl) {
      super(vxctl);
    }

    @Override
    byte[] ask(DaemonClient daemon) throws ApiException, UnreachableException {
      List<String> query = new ArrayList<>();
      Optional.ofNullable(network)
          .ifPresent(name -> query.add("network=" + DaemonClient.escape(name.value())));
      Optional.ofNullable(vni).ifPresent(number -> query.add("vni=" + number));
      return daemon.get("/v1/fdb" + (query.isEmpty() ? "" : "?" + String.join("&", query)));
    }

    @Override
    int print(byte[] answer, PrintWriter out, Views views) throws ApiException {
      views.fdb(Json.readList(answer, FdbEntry.class));
      return Exit.OK;
    }
  }

  /** vxctl peers. */
  @Command(name = "peers", description = "Show the hosts that networks of this host reach.")
  static final class Peers extends DaemonCommand {
    Peers(Vxctl vxctl) {
      super(vxctl);
    }

    @Override
    byte[] ask(DaemonClient daemon) throws ApiException, UnreachableException {
      return daemon.get("/v1/peers");
    }

    @Override
    int print(byte[] answer, PrintWriter out, Views views) throws ApiException {
      views.peers(Json.readList(answer, Peer.class));
      return Exit.OK;
    }
  }

  /** vxctl plan. */
  @Command(name = "plan", description = "Show what the daemon would do now.")
  static final class PlanCommand extends DaemonCommand {
    PlanCommand(Vxctl vxctl) {
      super(vxctl);
    }

    @Override
    byte[] ask(DaemonClient daemon) throws ApiException, UnreachableException {
      return daemon.get("/v1/plan");
    }

    @Override
    int print(byte[] answer, PrintWriter out, Views views) throws ApiException {
      views.plan(Json.read(answer, Plan.class));
      return Exit.OK;
    }
  }

  /** vxctl version. */
  @Command(name = "version", description = "Show the version of the daemon that answers.")
  static final class VersionCommand extends DaemonCommand {
    VersionCommand(Vxctl vxctl) {
      super(vxctl);
    }

    @Override
    byte[] ask(DaemonClient daemon) throws ApiException, UnreachableException {
      return daemon.get("/v1/version");
    }

    @Override
    int print(byte[] answer, PrintWriter out, Views views) throws ApiException {
      Version version = Json.read(answer, Version.class);
      out.println(
          "vxland "
              + Text.clean(version.version())
              + " (pid "
              + version.pid()
              + ", Java "
              + Text.clean(version.java())
              + ")");
      return Exit.OK;
    }
  }
}
