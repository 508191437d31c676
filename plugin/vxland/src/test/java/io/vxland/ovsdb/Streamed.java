package io.vxland.ovsdb;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A stream with the messages that came out of it. */
final class Streamed {
  private final JsonStream stream;
  private final List<ObjectNode> messages = new ArrayList<>();

  Streamed(int maxMessage) {
    stream = new JsonStream(maxMessage);
  }

  void feed(String text) throws MalformedException, IOException {
    feed(text.getBytes(StandardCharsets.UTF_8));
  }

  void feed(byte[] bytes) throws MalformedException, IOException {
    stream.feed(bytes, bytes.length, (message, size) -> messages.add(message));
  }

  boolean midway() {
    return stream.midway();
  }

  List<ObjectNode> messages() {
    return messages;
  }
}
