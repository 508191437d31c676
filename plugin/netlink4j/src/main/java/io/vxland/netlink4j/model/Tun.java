package io.vxland.netlink4j.model;

import java.util.List;
import java.util.Optional;

/**
 * A tun or tap device, to read: they are made through {@code /dev/net/tun}.
 *
 * @param options what the kernel says
 */
public record Tun(Options<Tun> options) implements LinkDetails {
  /** uid of its owner. */
  public static final Option<Tun, Long> OWNER = Option.u32("user", 1);

  /** gid of its group. */
  public static final Option<Tun, Long> GROUP = Option.u32("group", 2);

  /** 1 for tun, 2 for tap: {@code IFF_TUN}, {@code IFF_TAP}. */
  public static final Option<Tun, Integer> TYPE = Option.u8("type", 3);

  /** Whether frames carry a protocol header. */
  public static final Option<Tun, Boolean> PI = Option.bool("pi", 4);

  /** Whether frames carry a virtio header. */
  public static final Option<Tun, Boolean> VNET_HDR = Option.bool("vnet_hdr", 5);

  /** Whether it stays when its program closes it. */
  public static final Option<Tun, Boolean> PERSIST = Option.bool("persist", 6);

  public static final Option<Tun, Boolean> MULTI_QUEUE = Option.bool("multi_queue", 7);

  /** Queues that a program has open; not reported without multi_queue. */
  public static final Option<Tun, Long> NUM_QUEUES = Option.u32("numqueues", 8);

  public static final Option<Tun, Long> NUM_DISABLED_QUEUES = Option.u32("numdisabled", 9);

  /** All of them. */
  public static final List<Option<Tun, ?>> ALL =
      List.of(
          OWNER, GROUP, TYPE, PI, VNET_HDR, PERSIST, MULTI_QUEUE, NUM_QUEUES, NUM_DISABLED_QUEUES);

  private static final int IFF_TAP = 2;

  @Override
  public String kind() {
    return "tun";
  }

  public <T> Optional<T> get(Option<Tun, T> option) {
    return options.get(option);
  }

  /** Whether it is a tap, as virtual machines have. */
  public boolean isTap() {
    return get(TYPE).map(type -> type == IFF_TAP).orElse(false);
  }
}
