package io.vxland.ovsdb;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.async.ByteArrayFeeder;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/**
 * Cuts the bytes of a stream into JSON objects, which nothing but themselves delimits (RFC 7047,
 * 4). For one thread at a time.
 */
final class JsonStream {
  /*
   * Each message gets a parser of its own: the limits of Jackson are those of a parser's whole life,
   * and so is its table of names, in which the UUIDs of all rows would gather.
   */

  /** Most bytes of one message. */
  static final int MAX_MESSAGE = 64 << 20;

  private static final int MAX_DEPTH = 32;
  private static final long MAX_TOKENS = 4L << 20;
  private static final int MAX_NAME = 1024;
  private static final int MAX_DIGITS = 400;

  /** Takes the messages. */
  interface Sink {
    /**
     * A message.
     *
     * @param bytes its length
     */
    void message(ObjectNode message, long bytes) throws MalformedException, IOException;
  }

  private final JsonFactory factory;
  private JsonParser parser;
  private JsonTree tree;

  JsonStream() {
    this(MAX_MESSAGE);
  }

  /**
   * Creates one.
   *
   * @param maxMessage most bytes of one message; it may be met later by as many as are fed at once
   */
  JsonStream(int maxMessage) {
    StreamReadConstraints limits =
        StreamReadConstraints.builder()
            .maxDocumentLength(maxMessage)
            .maxStringLength(maxMessage)
            .maxTokenCount(MAX_TOKENS)
            .maxNestingDepth(MAX_DEPTH)
            .maxNameLength(MAX_NAME)
            .maxNumberLength(MAX_DIGITS)
            .build();
    factory =
        JsonFactory.builder()
            .streamReadConstraints(limits)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .build();
    begin();
  }

  private void begin() {
    try {
      parser = factory.createNonBlockingByteArrayParser();
    } catch (IOException e) {
      throw new UncheckedIOException("a parser on memory", e);
    }
    tree = new JsonTree();
  }

  /** Whether a message has begun and not ended. */
  boolean midway() {
    return !tree.isEmpty();
  }

  /**
   * Takes the bytes that came next, and hands on each message that they complete. The array can be
   * used again afterwards.
   *
   * @throws MalformedException if they are not JSON objects, or beyond the limits; the messages
   *     before that place have been handed on
   */
  void feed(byte[] bytes, int length, Sink sink) throws MalformedException, IOException {
    int from = 0;
    while (from < length) {
      ObjectNode message = parse(bytes, from, length);
      if (message == null) {
        return;
      }
      long size = parser.currentLocation().getByteOffset();
      from = length - parser.releaseBuffered(OutputStream.nullOutputStream());
      parser.close();
      begin();
      sink.message(message, size);
    }
  }

  private ObjectNode parse(byte[] bytes, int from, int to) throws MalformedException {
    try {
      ((ByteArrayFeeder) parser.getNonBlockingInputFeeder()).feedInput(bytes, from, to);
      JsonToken token = parser.nextToken();
      while (token != JsonToken.NOT_AVAILABLE) {
        if (tree.isEmpty() && token != JsonToken.START_OBJECT) {
          throw new MalformedException("a message is a JSON object, and here is " + token);
        }
        if (tree.take(token, parser)) {
          return tree.root();
        }
        token = parser.nextToken();
      }
      return null;
    } catch (JsonProcessingException e) {
      throw new MalformedException("JSON: " + Quote.line(e.getOriginalMessage(), 300), e);
    } catch (IOException e) {
      throw new UncheckedIOException("a parser on memory", e);
    }
  }
}
