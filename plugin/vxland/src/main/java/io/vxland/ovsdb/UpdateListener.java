package io.vxland.ovsdb;

/** Hears what a monitor tells. */
@FunctionalInterface
public interface UpdateListener {
  /**
   * A commit. Calls come one after the other, in the order of the commits, on one thread of the
   * connection; transactions can be made from it. What it throws ends the connection.
   */
  void updated(Update update) throws OvsdbException, InterruptedException;
}
