package io.vxland.api.server;

import io.vxland.api.ApiException;
import io.vxland.model.InvalidValueException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a request line names, decoded (RFC 3986, section 3): the segments are decoded one by one, so
 * that an escaped slash or dot never becomes a path of its own.
 *
 * @param segments of the path; never empty ones
 * @param query keys and values; each key once
 */
record Target(List<String> segments, Map<String, String> query) {
  private static final int MAX_SEGMENTS = 8;
  private static final int MAX_KEYS = 8;

  /**
   * Decodes a path and a query as they were sent.
   *
   * @param query null if there is none
   */
  static Target parse(String path, String query) throws ApiException {
    String[] parts = path.split("/", -1);
    if (!path.startsWith("/") || parts.length > MAX_SEGMENTS + 1) {
      throw bad("path", path);
    }
    List<String> segments = new ArrayList<>();
    for (int i = 1; i < parts.length; i++) {
      String segment = decode("path", parts[i]);
      if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
        throw bad("path", path);
      }
      segments.add(segment);
    }
    return new Target(List.copyOf(segments), keys(query));
  }

  private static Map<String, String> keys(String query) throws ApiException {
    Map<String, String> keys = new HashMap<>();
    if (query == null || query.isEmpty()) {
      return keys;
    }
    String[] parts = query.split("&", -1);
    if (parts.length > MAX_KEYS) {
      throw bad("query", query);
    }
    for (String part : parts) {
      int equals = part.indexOf('=');
      if (equals < 1) {
        throw bad("query", query);
      }
      String key = decode("query", part.substring(0, equals));
      if (keys.put(key, decode("query", part.substring(equals + 1))) != null) {
        throw new ApiException(
            ApiException.Kind.BAD_REQUEST,
            "query key " + InvalidValueException.quote(key) + " is given twice");
      }
    }
    return keys;
  }

  private static String decode(String what, String text) throws ApiException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '%') {
        int high = i + 2 < text.length() ? digit(text.charAt(i + 1)) : -1;
        int low = high < 0 ? -1 : digit(text.charAt(i + 2));
        if (low < 0) {
          throw bad(what, text);
        }
        bytes.write(high << 4 | low);
        i += 2;
      } else if (c > ' ' && c < 127) {
        bytes.write(c);
      } else {
        throw bad(what, text);
      }
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes.toByteArray()))
          .toString();
    } catch (CharacterCodingException e) {
      throw bad(what, text);
    }
  }

  private static int digit(char c) {
    return c < 128 ? Character.digit(c, 16) : -1;
  }

  private static ApiException bad(String what, String text) {
    return new ApiException(
        ApiException.Kind.BAD_REQUEST,
        what + " " + InvalidValueException.quote(text) + " is not well-formed");
  }

  /** Refuses keys of which the path knows nothing. */
  void allowOnly(Set<String> known) throws ApiException {
    for (String key : query.keySet()) {
      if (!known.contains(key)) {
        throw new ApiException(
            ApiException.Kind.BAD_REQUEST,
            "query key " + InvalidValueException.quote(key) + " is not known here");
      }
    }
  }

  /** The value of a key that is there. */
  Optional<String> value(String key) {
    return Optional.ofNullable(query.get(key));
  }

  /** Whether a key is there as {@code true}; false if it is not there. */
  boolean flag(String key) throws ApiException {
    String value = query.getOrDefault(key, "false");
    return switch (value) {
      case "true" -> true;
      case "false" -> false;
      default ->
          throw new ApiException(
              ApiException.Kind.BAD_REQUEST,
              key + " " + InvalidValueException.quote(value) + " is neither true nor false");
    };
  }
}
