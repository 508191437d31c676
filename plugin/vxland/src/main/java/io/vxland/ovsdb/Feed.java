package io.vxland.ovsdb;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/** Carries the updates of one monitor to its listener, and keeps them until there is one. */
final class Feed {
  /** An update with the length of its message. */
  private record Early(Update update, long bytes) {}

  private final UpdateReader reader;
  private final Delivery delivery;
  private final Deque<Early> early = new ArrayDeque<>();
  private UpdateListener listener;
  private boolean stopped;

  Feed(UpdateReader reader, Delivery delivery) {
    this.reader = reader;
    this.delivery = delivery;
  }

  UpdateReader reader() {
    return reader;
  }

  /** Takes an update from the server. */
  void accept(JsonNode message, long bytes) throws MalformedException, IOException {
    Update update = reader.update(message);
    synchronized (this) {
      if (stopped) {
        return;
      }
      delivery.reserve(bytes);
      if (listener == null) {
        early.add(new Early(update, bytes));
      } else {
        add(update, bytes);
      }
    }
  }

  synchronized void deliverTo(UpdateListener wanted) {
    if (listener != null) {
      throw new IllegalStateException("a monitor has one listener");
    }
    listener = wanted;
    early.forEach(kept -> add(kept.update(), kept.bytes()));
    early.clear();
  }

  private void add(Update update, long bytes) {
    UpdateListener to = listener;
    delivery.add(
        bytes,
        () -> {
          if (!isStopped()) {
            to.updated(update);
          }
        });
  }

  private synchronized boolean isStopped() {
    return stopped;
  }

  /** Drops what is not delivered yet and what still comes. */
  synchronized void stop() {
    stopped = true;
    early.forEach(kept -> delivery.add(kept.bytes(), () -> {}));
    early.clear();
  }
}
