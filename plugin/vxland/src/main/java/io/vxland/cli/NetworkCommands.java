package io.vxland.cli;

import io.vxland.api.ApiException;
import io.vxland.api.Defined;
import io.vxland.api.Definition;
import io.vxland.api.Deleted;
import io.vxland.api.Json;
import io.vxland.api.NetworkDetails;
import io.vxland.api.NetworkSummary;
import io.vxland.model.Flooding;
import io.vxland.model.InterfaceName;
import io.vxland.model.NetworkName;
import io.vxland.model.PortSecurity;
import io.vxland.model.Template;
import io.vxland.model.VlanTag;
import io.vxland.model.Vni;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The commands of networks. */
final class NetworkCommands {
  private NetworkCommands() {}

  private static String path(NetworkName name) {
    return "/v1/networks/" + DaemonClient.escape(name.value());
  }

  /** vxctl network define. */
  @Command(
      name = "define",
      description = "Define a network in libvirt, set it to autostart and start it.")
  static final class Define extends DaemonCommand {
    @Parameters(paramLabel = "NAME", description = "The network's name.")
    private NetworkName name;

    @Option(
        names = "--vni",
        paramLabel = "N",
        description =
            "Its VXLAN network identifier, 1 to 16777215 (default: a free one, where hosts share"
                + " their networks).")
    private Vni vni;

    @Option(
        names = "--template",
        paramLabel = "TEMPLATE",
        description = "Its kind of data plane (default: bridge).")
    private Template template = Template.BRIDGE;

    @Option(
        names = "--bridge",
        paramLabel = "NAME",
        description = "Its bridge (default: br and the VNI; br-extun with ovs-tun).")
    private InterfaceName bridge;

    @Option(
        names = "--tag",
        paramLabel = "N",
        description = "Its VLAN tag, where several networks share an Open vSwitch bridge.")
    private VlanTag tag;

    @Option(
        names = "--flood",
        paramLabel = "WHAT",
        description =
            "Which frames to unknown addresses go to all hosts: yes, broadcast or no (default:"
                + " yes).")
    private Flooding flood = Flooding.ALL;

    @Option(
        names = "--port-security",
        paramLabel = "WHAT",
        description =
            "What its NICs must not send: no (they may send everything), known (what belongs to"
                + " another port) or strict (all but their own MAC and IP addresses; default:"
                + " known).")
    private PortSecurity security = PortSecurity.KNOWN;

    @Option(names = "--here", description = "Only on this host, where hosts share their networks.")
    private boolean here;

    @Option(
        names = "--print",
        description = "Only print the XML, for 'virsh net-define'; change nothing.")
    private boolean print;

    Define(Vxctl vxctl) {
      super(vxctl);
    }

    @Override
    byte[] ask(DaemonClient daemon) throws ApiException, UnreachableException {
      return daemon.post(
          "/v1/networks",
          new Definition(
              name.value(),
              vni == null ? 0 : vni.value(),
              template.toString(),
              bridge == null ? "" : bridge.value(),
              tag == null ? 0 : tag.id(),
              flood.toString(),
              security.toString(),
              here,
              print));
    }

    @Override
    int print(byte[] answer, PrintWriter out, Views views) throws ApiException {
      Defined defined = Json.read(answer, Defined.class);
      String network = "Network " + Text.clean(defined.name());
      String place = ": VNI " + defined.vni() + ", bridge " + Text.orDash(defined.bridge()) + ".";
      switch (defined.result()) {
        case PRINTED -> out.println(defined.xml().strip());
        case DEFINED -> out.println(network + " is defined, autostarted and started" + place);
        case UNCHANGED -> out.println(network + " already exists" + place);
      }
      return Exit.OK;
    }
  }

  /** vxctl network list. */
  @Command(name = "list", description = "List all networks.")
  static final class ListCommand extends DaemonCommand {
    ListCommand(Vxctl vxctl) {
      super(vxctl);
    }

    @Override
    byte[] ask(DaemonClient daemon) throws ApiException, UnreachableException {
      return daemon.get("/v1/networks");
    }

    @Override
    int print(byte[] answer, PrintWriter out, Views views) throws ApiException {
      views.networks(Json.readList(answer, NetworkSummary.class));
      return Exit.OK;
    }
  }

  /** vxctl network show. */
  @Command(name = "show", description = "Show all that is known about a network.")
  static final class Show extends DaemonCommand {
    @Parameters(paramLabel = "NAME", description = "The network's name.")
    private NetworkName name;

    Show(Vxctl vxctl) {
      super(vxctl);
    }

    @Override
    byte[] ask(DaemonClient daemon) throws ApiException, UnreachableException {
      return daemon.get(path(name));
    }

    @Override
    int print(byte[] answer, PrintWriter out, Views views) throws ApiException {
      views.network(Json.read(answer, NetworkDetails.class));
      return Exit.OK;
    }
  }

  /** vxctl network delete. */
  @Command(name = "delete", description = "Stop and undefine a network in libvirt.")
  static final class Delete extends DaemonCommand {
    @Parameters(paramLabel = "NAME", description = "The network's name.")
    private NetworkName name;

    @Option(names = "--force", description = "Delete it even if VMs are plugged into it.")
    private boolean force;

    Delete(Vxctl vxctl) {
      super(vxctl);
    }

    @Override
    byte[] ask(DaemonClient daemon) throws ApiException, UnreachableException {
      return daemon.delete(path(name) + (force ? "?force=true" : ""));
    }

    @Override
    int print(byte[] answer, PrintWriter out, Views views) throws ApiException {
      Deleted deleted = Json.read(answer, Deleted.class);
      out.println(
          "Network "
              + Text.clean(deleted.name())
              + " is stopped and undefined; VNI "
              + deleted.vni()
              + " is free.");
      return Exit.OK;
    }
  }
}
