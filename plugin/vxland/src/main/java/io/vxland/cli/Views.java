package io.vxland.cli;

import io.vxland.api.Change;
import io.vxland.api.FdbEntry;
import io.vxland.api.NetworkDetails;
import io.vxland.api.NetworkSummary;
import io.vxland.api.Peer;
import io.vxland.api.Plan;
import io.vxland.api.Port;
import io.vxland.api.Problem;
import java.io.PrintWriter;
import java.util.List;

/** What the daemon tells, as tables for people. */
final class Views {
  private final PrintWriter out;
  private final boolean legend;

  /**
   * Creates a writer.
   *
   * @param legend whether to print the heads of tables
   */
  Views(PrintWriter out, boolean legend) {
    this.out = out;
    this.legend = legend;
  }

  void networks(List<NetworkSummary> networks) {
    Table table =
        new Table(
            legend,
            "NAME",
            "VNI",
            "TEMPLATE",
            "BRIDGE",
            "VXLAN",
            "MTU",
            "PORT",
            "STATE",
            "AUTOSTART",
            "PORTS",
            "PEERS",
            "SYNC");
    for (NetworkSummary network : networks) {
      table.row(
          network.name(),
          network.vni(),
          network.template(),
          network.bridge(),
          network.vxlan(),
          Text.orDash(network.mtu()),
          network.udpPort(),
          network.state(),
          Text.yesNo(network.autostart()),
          network.localPorts(),
          network.peers(),
          Text.yesNo(network.inSync()));
    }
    table.print(out);
  }

  void network(NetworkDetails details) {
    NetworkSummary network = details.summary();
    NetworkDetails.Options options = details.options();
    NetworkDetails.OnSwitch onSwitch = details.onSwitch();
    boolean kernel = onSwitch.equals(NetworkDetails.OnSwitch.NONE);
    Table table = new Table(false, "", "");
    table.row("Name:", network.name());
    table.row("VNI:", network.vni());
    table.row("Template:", network.template());
    table.row("State:", network.state());
    table.row("Autostart:", Text.yesNo(network.autostart()));
    table.row("In sync:", Text.yesNo(network.inSync()));
    table.row("Bridge:", network.bridge());
    if (kernel) {
      table.row("VXLAN device:", network.vxlan());
    } else {
      table.row("Datapath:", onSwitch.datapath());
      table.row("VLAN tag:", Text.orDash(onSwitch.tag()));
    }
    table.row("MTU:", Text.orDash(network.mtu()));
    table.row("UDP port:", network.udpPort());
    table.row("Replication:", options.replication());
    if (kernel) {
      table.row("Learning:", Text.yesNo(options.learning()));
      table.row("Ageing:", orDefault(options.ageingSeconds(), " s"));
      table.row("Proxy:", Text.yesNo(options.proxy()));
      table.row("Suppression:", Text.yesNo(options.suppress()));
      table.row("Flooding:", options.flood());
    }
    table.row("Port security:", options.portSecurity());
    table.row("TTL:", options.ttl() == 0 && !kernel ? "64" : orDefault(options.ttl(), ""));
    if (kernel) {
      table.row("Addresses:", String.join(", ", options.addresses()));
    }
    table.row("Peers:", String.join(", ", details.peers()));
    table.print(out);
    if (!onSwitch.tunnels().isEmpty()) {
      out.println("Tunnels:");
      tunnels(onSwitch.tunnels());
    }
    section("Static entries", options.staticEntries());
    if (!details.ports().isEmpty()) {
      out.println("Ports:");
      ports(details.ports());
    }
    problems(details.problems());
  }

  private void tunnels(List<NetworkDetails.Tunnel> tunnels) {
    Table table = new Table(legend, "PORT", "VTEP", "TYPE", "BFD", "ERROR");
    for (NetworkDetails.Tunnel tunnel : tunnels) {
      table.row(tunnel.port(), tunnel.vtep(), tunnel.type(), tunnel.bfd(), tunnel.error());
    }
    table.print(out);
  }

  private static String orDefault(int value, String unit) {
    return value == 0 ? "the kernel's" : value + unit;
  }

  private void section(String title, List<String> lines) {
    if (!lines.isEmpty()) {
      out.println(title + ":");
      lines.forEach(line -> out.println("  " + Text.clean(line)));
    }
  }

  void ports(List<Port> ports) {
    Table table =
        new Table(
            legend,
            "DOMAIN",
            "UUID",
            "MAC",
            "NETWORK",
            "VNI",
            "TAP",
            "BRIDGE",
            "STATE",
            "ADDRESSES",
            "MTU",
            "SECURITY",
            "DENIED");
    for (Port port : ports) {
      table.row(
          port.domain(),
          port.uuid(),
          port.mac(),
          port.network(),
          port.vni(),
          port.tap(),
          port.bridge(),
          port.state(),
          String.join(", ", port.addresses()),
          Text.orDash(port.mtu()) + (port.remedy().isEmpty() ? "" : " TOO LARGE"),
          port.security(),
          port.denied());
    }
    table.print(out);
    for (Port port : ports) {
      if (!port.remedy().isEmpty()) {
        out.println(
            Text.clean(port.domain())
                + ": write "
                + Text.clean(port.remedy())
                + " into the <interface> with MAC "
                + Text.clean(port.mac())
                + ", then shut the VM down and start it");
      }
    }
  }

  void fdb(List<FdbEntry> entries) {
    Table table =
        new Table(
            legend,
            "NETWORK",
            "VNI",
            "MAC",
            "VTEP",
            "PORT",
            "OWNER",
            "WANTED",
            "PRESENT",
            "DIFFERENCE",
            "SOURCE",
            "AGE");
    for (FdbEntry entry : entries) {
      if (entry.omitted() > 0) {
        continue;
      }
      table.row(
          entry.network(),
          entry.vni(),
          entry.mac(),
          entry.vtep(),
          entry.port(),
          entry.owner(),
          Text.yesNo(entry.wanted()),
          Text.yesNo(entry.present()),
          entry.difference() == FdbEntry.Difference.NONE ? "" : entry.difference(),
          entry.source(),
          entry.ageSeconds() == FdbEntry.NO_AGE ? "" : Text.duration(entry.ageSeconds()));
    }
    table.print(out);
    for (FdbEntry entry : entries) {
      if (entry.omitted() > 0) {
        out.println(
            "and " + entry.omitted() + " more that " + Text.clean(entry.port()) + " has learned");
      }
    }
  }

  void peers(List<Peer> peers) {
    Table table = new Table(legend, "VTEP", "NAME", "SOURCE", "STATE", "ENTRIES", "NETWORKS");
    for (Peer peer : peers) {
      table.row(
          peer.vtep(),
          peer.name(),
          peer.source(),
          state(peer),
          peer.entries(),
          String.join(",", peer.networks()));
    }
    table.print(out);
  }

  private static String state(Peer peer) {
    return switch (peer.state()) {
      case UNKNOWN -> "";
      case ALIVE -> "alive";
      case GONE -> "gone " + Text.duration(peer.goneSeconds());
    };
  }

  void plan(Plan plan) {
    if (plan.changes().isEmpty()) {
      out.println("Nothing to do: the host is as it should be.");
    } else {
      out.println(Text.count(plan.changes().size(), "change", "changes") + " to make:");
      changes(plan.changes());
    }
    problems(plan.problems());
  }

  /** The steps, each with the command line that would do the same. */
  void changes(List<Change> changes) {
    int number = 0;
    for (Change change : changes) {
      number++;
      out.println(
          "  "
              + number
              + ". "
              + Text.clean(change.subject())
              + ": "
              + Text.clean(change.description()));
      if (!change.command().isEmpty()) {
        out.println("     # " + Text.clean(change.command()));
      }
    }
  }

  void problems(List<Problem> problems) {
    listed(problems, "problem", "problems");
  }

  /** What works and should be otherwise. */
  void warnings(List<Problem> warnings) {
    listed(warnings, "warning", "warnings");
  }

  private void listed(List<Problem> problems, String one, String many) {
    if (problems.isEmpty()) {
      return;
    }
    out.println(Text.count(problems.size(), one, many) + ":");
    for (Problem problem : problems) {
      out.println("  " + Text.clean(problem.subject()) + ": " + Text.clean(problem.message()));
      if (!problem.advice().isEmpty()) {
        out.println("     " + Text.clean(problem.advice()));
      }
    }
  }
}
