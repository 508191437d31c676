package io.vxland.netlink4j;

/** What can be subscribed to ({@code RTNLGRP_*}). */
public enum Group {
  LINK(1),
  /** Neighbours and FDB entries: the kernel has one group for both. */
  NEIGHBOUR(3),
  IPV4_ADDRESS(5),
  IPV4_ROUTE(7),
  IPV6_ADDRESS(9),
  IPV6_ROUTE(11);

  private final int number;

  Group(int number) {
    this.number = number;
  }

  int number() {
    return number;
  }
}
