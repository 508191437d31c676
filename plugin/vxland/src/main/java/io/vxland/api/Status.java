package io.vxland.api;

import java.util.List;

/**
 * The state of the whole host.
 *
 * @param daemon the process
 * @param host the host and its underlay
 * @param control who tells where other hosts and their machines are
 * @param libvirt the connection to libvirt
 * @param inSync whether the last plan was empty and done, and all networks stand
 * @param inSyncSince since when, as 2026-11-21T12:00:00Z; empty if it is not
 * @param counts how much there is
 * @param pendingChanges how many steps the plan has
 * @param absent the names of networks that cannot be made, or not made work, for the time being
 * @param changes the steps; empty unless they were asked for
 * @param problems what does not work; empty on a healthy host
 * @param warnings what works and should be otherwise; a healthy host may have some
 * @param dropped the tunnelled packets that no peer has sent
 */
public record Status(
    Daemon daemon,
    Host host,
    Control control,
    Libvirt libvirt,
    boolean inSync,
    String inSyncSince,
    Counts counts,
    int pendingChanges,
    List<String> absent,
    List<Change> changes,
    List<Problem> problems,
    List<Problem> warnings,
    Dropped dropped) {

  /** One that has dropped nothing. */
  public Status(
      Daemon daemon,
      Host host,
      Control control,
      Libvirt libvirt,
      boolean inSync,
      String inSyncSince,
      Counts counts,
      int pendingChanges,
      List<String> absent,
      List<Change> changes,
      List<Problem> problems,
      List<Problem> warnings) {
    this(
        daemon,
        host,
        control,
        libvirt,
        inSync,
        inSyncSince,
        counts,
        pendingChanges,
        absent,
        changes,
        problems,
        warnings,
        new Dropped(0, List.of()));
  }

  /**
   * Tunnelled packets in VNIs of this host that were dropped, as they came from no peer.
   *
   * @param packets how many
   * @param strangers the senders that sent most of those of the last hour
   */
  public record Dropped(long packets, List<Stranger> strangers) {
    /** Copies the list. */
    public Dropped {
      strangers = List.copyOf(strangers);
    }
  }

  /**
   * A sender that is no peer.
   *
   * @param address its address
   * @param packets how many of its packets were dropped
   */
  public record Stranger(String address, long packets) {}

  /** Copies the lists. */
  public Status {
    absent = List.copyOf(absent);
    changes = List.copyOf(changes);
    problems = List.copyOf(problems);
    warnings = List.copyOf(warnings);
  }

  /** Whether there is nothing for an administrator to look at. */
  public boolean healthy() {
    return inSync && (libvirt.connected() || libvirt.awaited()) && problems.isEmpty();
  }

  /** Whether there is nothing to wait for either. */
  public boolean settled() {
    return healthy() && libvirt.connected();
  }

  /**
   * The daemon's process.
   *
   * @param version of vxland
   * @param pid the process
   * @param uptimeSeconds how long it has been ready
   */
  public record Daemon(String version, long pid, long uptimeSeconds) {}

  /**
   * The host and its underlay.
   *
   * @param name the host's name
   * @param vtep this host's end of all tunnels; empty if there is none
   * @param device the device that has its address; empty if there is none
   * @param outlets the devices by which packets leave for other hosts; empty if that is not known
   * @param mtu the least MTU of these in bytes; 0 if there is none
   */
  public record Host(String name, String vtep, String device, List<String> outlets, int mtu) {
    /** Copies the list. */
    public Host {
      outlets = List.copyOf(outlets);
    }
  }

  /**
   * The control plane.
   *
   * @param mode which: {@code static}, {@code etcd}
   * @param current whether what it has told is what others say now
   * @param silentSeconds how long ago it was last heard; 0 if nobody is to be heard
   */
  public record Control(String mode, boolean current, long silentSeconds) {}

  /**
   * The connection to libvirt.
   *
   * @param connected whether it stands
   * @param uri where to, such as qemu:///system
   * @param reason why it does not stand, in libvirt's words; empty if it does
   * @param awaited whether it does not stand since a moment only, as when libvirt starts
   * @param seconds how long it has stood, or not stood
   */
  public record Libvirt(
      boolean connected, String uri, String reason, boolean awaited, long seconds) {}

  /**
   * How much there is.
   *
   * @param networks networks, active or not
   * @param ports cards of VMs on this host
   * @param fdbEntries entries of ours in the kernel
   */
  public record Counts(int networks, int ports, int fdbEntries) {}
}
