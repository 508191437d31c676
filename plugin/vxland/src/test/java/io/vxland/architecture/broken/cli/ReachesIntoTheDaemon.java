package io.vxland.architecture.broken.cli;

import io.vxland.architecture.broken.daemon.UsesLibraries;

/** A tool that goes round the socket. */
public final class ReachesIntoTheDaemon {
  private ReachesIntoTheDaemon() {}

  /** Uses the daemon's classes. */
  public static int count() {
    return UsesLibraries.libraries().size();
  }
}
