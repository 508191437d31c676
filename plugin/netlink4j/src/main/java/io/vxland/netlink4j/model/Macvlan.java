package io.vxland.netlink4j.model;

import java.util.List;
import java.util.Optional;

/**
 * A device with an address of its own on another device ({@code IFLA_MACVLAN_*}), which {@link
 * LinkSpec#link} names.
 *
 * @param options what is to be set, or what the kernel says
 */
public record Macvlan(Options<Macvlan> options) implements LinkDetails {
  /** One of the modes below. */
  public static final Option<Macvlan, Long> MODE = Option.u32("mode", 1);

  /**
   * Takes frames only from addresses that were added to it: while there is none, it sends and never
   * receives (macvlan_handle_frame in drivers/net/macvlan.c).
   */
  public static final long SOURCE = 16;

  /** All of them. */
  public static final List<Option<Macvlan, ?>> ALL = List.of(MODE);

  /** One that is to be made in a mode. */
  public static Macvlan of(long mode) {
    return new Macvlan(Options.<Macvlan>none().with(MODE, mode));
  }

  @Override
  public String kind() {
    return "macvlan";
  }

  public <T> Optional<T> get(Option<Macvlan, T> option) {
    return options.get(option);
  }
}
