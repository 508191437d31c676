package io.vxland.model;

import java.util.Locale;
import java.util.Optional;

/**
 * What the administrator of a network on Open vSwitch can choose beside {@link OverlayOptions}; see
 * ovs-vswitchd.conf.db(5), tables Bridge and Interface.
 *
 * @param datapath what forwards
 * @param tunnel how frames are wrapped
 * @param checksum whether the outer UDP or GRE header has a checksum ({@code csum})
 * @param fragment whether tunnel packets may be fragmented on their way ({@code df_default=false})
 * @param tos the outer DS field; empty: 0
 * @param bfd whether tunnels are watched by BFD
 * @param ports for whom there is a port
 */
public record SwitchOptions(
    Datapath datapath,
    TunnelType tunnel,
    boolean checksum,
    boolean fragment,
    Optional<Tos> tos,
    boolean bfd,
    Ports ports) {

  /** What a network has of which nothing is said. */
  public static final SwitchOptions DEFAULTS =
      new SwitchOptions(
          Datapath.SYSTEM, TunnelType.VXLAN, false, false, Optional.empty(), false, Ports.PEER);

  /** For whom a bridge has a tunnel port. */
  public enum Ports {
    /** For each network and each other host. */
    PEER,
    /** For all of them one: flows say where each frame goes ({@code remote_ip=flow}). */
    FLOW;

    /** Finds the one of a name as users write it. */
    public static Ports parse(String text) {
      for (Ports ports : values()) {
        if (ports.toString().equals(text)) {
          return ports;
        }
      }
      throw new InvalidValueException(
          "tunnels " + InvalidValueException.quote(text) + " is unknown; use 'peer' or 'flow'");
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What forwards the frames of a switch ({@code datapath_type}). */
  public enum Datapath {
    /** The kernel's module. */
    SYSTEM,
    /** ovs-vswitchd itself. */
    NETDEV;

    /** Finds the datapath of a name as users and Open vSwitch write it. */
    public static Datapath parse(String text) {
      for (Datapath datapath : values()) {
        if (datapath.toString().equals(text)) {
          return datapath;
        }
      }
      throw new InvalidValueException(
          "datapath "
              + InvalidValueException.quote(text)
              + " is unknown; use 'system' or 'netdev'");
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * The outer DS field: 0 to 255, or the inner one's.
   *
   * @param text a number, or {@code inherit}
   */
  public record Tos(String text) {
    private static final String INHERIT = "inherit";
    private static final int MAX = 255;

    /** Checks the form. */
    public Tos {
      if (!text.equals(INHERIT)) {
        text = Integer.toString(Numbers.parse("tos", text, 0, MAX));
      }
    }

    @Override
    public String toString() {
      return text;
    }
  }
}
