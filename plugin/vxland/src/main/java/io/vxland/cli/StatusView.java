package io.vxland.cli;

import io.vxland.api.Status;
import java.io.PrintWriter;
import java.util.List;

/** The state of the host on one page: the verdict first. */
final class StatusView {
  private final PrintWriter out;
  private final Views views;

  StatusView(PrintWriter out, Views views) {
    this.out = out;
    this.views = views;
  }

  void print(Status status) {
    out.println(
        "vxland "
            + Text.clean(status.daemon().version())
            + " on "
            + Text.clean(status.host().name())
            + ": "
            + verdict(status));
    Table table = new Table(false, "", "");
    table.row(
        "  Daemon:",
        "pid " + status.daemon().pid() + ", up " + Text.duration(status.daemon().uptimeSeconds()));
    table.row("  Underlay:", underlay(status.host()));
    table.row("  Control:", control(status.control()));
    table.row("  Libvirt:", libvirt(status.libvirt()));
    table.row("  Networks:", status.counts().networks());
    table.row("  Ports:", status.counts().ports());
    table.row("  FDB entries:", status.counts().fdbEntries());
    table.print(out);
    status
        .dropped()
        .strangers()
        .forEach(
            stranger ->
                out.println(
                    "  Dropped: "
                        + Text.count(stranger.packets(), "VXLAN packet", "VXLAN packets")
                        + " from "
                        + Text.clean(stranger.address())
                        + ", which is not a known host; if it is yours, add it to 'peers'"));
    if (!status.changes().isEmpty()) {
      out.println("Pending:");
      views.changes(status.changes());
    }
    views.problems(status.problems());
    views.warnings(status.warnings());
  }

  private static String verdict(Status status) {
    if (status.inSync()) {
      return "in sync since " + Text.clean(status.inSyncSince());
    }
    String absent = String.join(", ", status.absent().stream().map(Text::clean).toList());
    return "not in sync, "
        + Text.count(status.pendingChanges(), "change", "changes")
        + " pending"
        + (absent.isEmpty() ? "" : ", and not as it should be: " + absent);
  }

  private static String underlay(Status.Host host) {
    return host.vtep().isEmpty()
        ? "none"
        : host.vtep()
            + " on "
            + Text.orDash(host.device())
            + outlets(host)
            + ", MTU "
            + Text.orDash(host.mtu());
  }

  /** By which devices packets leave; not said where it is the one with the address. */
  private static String outlets(Status.Host host) {
    return host.outlets().isEmpty() || host.outlets().equals(List.of(host.device()))
        ? ""
        : ", by " + String.join(", ", host.outlets().stream().map(Text::clean).toList());
  }

  private static String control(Status.Control control) {
    String contact = ", last contact " + Text.duration(control.silentSeconds()) + " ago";
    return control.mode()
        + (control.silentSeconds() == 0 && control.current() ? "" : contact)
        + (control.current() ? "" : ": other hosts may have made changes since");
  }

  private static String libvirt(Status.Libvirt libvirt) {
    if (libvirt.connected()) {
      return libvirt.uri() + ", connected";
    }
    return libvirt.uri()
        + (libvirt.awaited()
            ? ", not up yet, waited for since " + libvirt.seconds() + " s: "
            : ", away, not connected for " + Text.duration(libvirt.seconds()) + ": ")
        + libvirt.reason();
  }
}
