package io.vxland.cli;

/** What vxctl exits with; scripts depend on these numbers, and vxctl(1) lists them. */
final class Exit {
  /** Done. */
  static final int OK = 0;

  /** The daemon refused or failed. */
  static final int REFUSED = 1;

  /** The command line makes no sense. */
  static final int USAGE = 2;

  /** No daemon answers. */
  static final int UNREACHABLE = 3;

  /** {@code status}: not in sync, no libvirt, or problems. */
  static final int UNHEALTHY = 4;

  private Exit() {}
}
