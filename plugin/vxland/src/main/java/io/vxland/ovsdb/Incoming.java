package io.vxland.ovsdb;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Map;
import java.util.function.BiConsumer;

/** Takes what the server sends to where it belongs; on the thread "ovsdb-io". */
final class Incoming implements Wire.Handler {
  private final Exchange exchange;
  private final Map<String, Feed> feeds;
  private final Runnable probe;
  private final BiConsumer<String, Throwable> ended;

  /**
   * Creates it.
   *
   * @param feeds by the name of their monitor; may change at any time
   * @param ended takes the reason, and the cause or null
   */
  Incoming(
      Exchange exchange,
      Map<String, Feed> feeds,
      Runnable probe,
      BiConsumer<String, Throwable> ended) {
    this.exchange = exchange;
    this.feeds = feeds;
    this.probe = probe;
    this.ended = ended;
  }

  @Override
  public void message(ObjectNode json, long bytes) throws MalformedException, IOException {
    Message message = Message.of(json);
    if (message instanceof Message.Reply reply) {
      exchange.answered(reply);
    } else if (message instanceof Message.Request request) {
      if (!request.method().equals("echo")) {
        throw new MalformedException("the request " + Quote.of(request.method()));
      }
      exchange.answer(MessageWriter.echoed(request));
    } else if (message instanceof Message.Notification notification) {
      update(notification, bytes);
    }
  }

  private void update(Message.Notification notification, long bytes)
      throws MalformedException, IOException {
    if (!notification.method().equals("update") || notification.params().size() != 2) {
      throw new MalformedException(
          "the notification "
              + Quote.of(notification.method())
              + " of "
              + notification.params().size()
              + " parameters");
    }
    String monitor = notification.params().get(0).asText();
    Feed feed = feeds.get(monitor);
    if (feed == null) {
      throw new MalformedException("an update of an unknown monitor: " + Quote.of(monitor));
    }
    feed.accept(notification.params().get(1), bytes);
  }

  @Override
  public void probe() {
    probe.run();
  }

  @Override
  public void ended(String reason, Throwable cause) {
    ended.accept(reason, cause);
  }
}
