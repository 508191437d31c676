package io.vxland.cli;

import io.vxland.model.InvalidValueException;
import io.vxland.model.Numbers;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * An answer in HTTP/1.1 (RFC 9112) whose body has a Content-Length or ends with the connection; no
 * other form is understood, for the daemon sends no other.
 *
 * @param status of HTTP
 * @param body the body
 */
@SuppressWarnings("ArrayRecordComponent") // read once, never compared
record HttpAnswer(int status, byte[] body) {
  private static final byte[] END_OF_HEAD = {'\r', '\n', '\r', '\n'};
  private static final String LENGTH = "content-length:";

  /**
   * Takes an answer apart.
   *
   * @param bytes all that came
   * @throws InvalidValueException if it is not a whole answer
   */
  static HttpAnswer parse(byte[] bytes) {
    int end = endOfHead(bytes);
    String[] lines = new String(bytes, 0, end, StandardCharsets.ISO_8859_1).split("\r\n", -1);
    byte[] body = Arrays.copyOfRange(bytes, end + END_OF_HEAD.length, bytes.length);
    for (String line : lines) {
      if (line.toLowerCase(Locale.ROOT).startsWith(LENGTH)) {
        int length =
            Numbers.parse(
                "length of the answer",
                line.substring(LENGTH.length()).strip(),
                0,
                Integer.MAX_VALUE);
        if (length != body.length) {
          throw new InvalidValueException(
              "the answer has " + body.length + " of " + length + " bytes");
        }
      }
    }
    return new HttpAnswer(status(lines[0]), body);
  }

  private static int endOfHead(byte[] bytes) {
    for (int i = 0; i + END_OF_HEAD.length <= bytes.length; i++) {
      if (Arrays.equals(bytes, i, i + END_OF_HEAD.length, END_OF_HEAD, 0, END_OF_HEAD.length)) {
        return i;
      }
    }
    throw new InvalidValueException("the answer has no end of its head");
  }

  private static int status(String line) {
    String[] words = line.split(" ", 3);
    if (words.length < 2 || !words[0].equals("HTTP/1.1")) {
      throw new InvalidValueException(
          "the answer begins with " + InvalidValueException.quote(line) + " and is not HTTP/1.1");
    }
    return Numbers.parse("status of the answer", words[1], 100, 599);
  }
}
