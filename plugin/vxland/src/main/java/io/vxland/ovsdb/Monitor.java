package io.vxland.ovsdb;

import java.time.Duration;

/** A standing view of some tables: what is there, and from then on each commit that changes it. */
public final class Monitor {
  private final OvsdbConnection connection;
  private final String id;
  private final Feed feed;
  private final Snapshot initial;

  Monitor(OvsdbConnection connection, String id, Feed feed, Snapshot initial) {
    this.connection = connection;
    this.id = id;
    this.feed = feed;
    this.initial = initial;
  }

  /** What was there when the monitor began; {@link Snapshot#after} takes the updates. */
  public Snapshot initial() {
    return initial;
  }

  /**
   * Hands all updates since {@link #initial} to a listener, in order, with those that came in
   * before this call. To be called once.
   */
  public void deliverTo(UpdateListener listener) {
    feed.deliverTo(listener);
  }

  /** Ends the monitor. No call of the listener begins after this; one may be under way. */
  public void cancel(Duration limit) throws OvsdbException, InterruptedException {
    feed.stop();
    connection.cancel(id, limit);
  }
}
