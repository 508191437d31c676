package io.vxland.ovsdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class JsonStreamTest {
  @Test
  void messagesNeedNothingBetweenThemAndMayBeCutAtAnyByte() throws Exception {
    String text = "{'id':1,'a':['\u20ac',-1.5,true,null]}{} {'b':{'c':'x'}}\n{'d':12}";
    byte[] bytes = text.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    for (int chunk = 1; chunk <= bytes.length; chunk++) {
      Streamed streamed = new Streamed(1000);
      for (int from = 0; from < bytes.length; from += chunk) {
        streamed.feed(Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + chunk)));
      }
      assertThat(streamed.messages())
          .as("in pieces of %d", chunk)
          .extracting(Object::toString)
          .containsExactly(
              "{\"id\":1,\"a\":[\"\u20ac\",-1.5,true,null]}",
              "{}",
              "{\"b\":{\"c\":\"x\"}}",
              "{\"d\":12}");
      assertThat(streamed.midway()).isFalse();
    }
  }

  @Test
  void aMessageIsHandedOnWithItsLengthAsSoonAsItsLastByteIsThere() throws Exception {
    JsonStream stream = new JsonStream();
    List<Long> sizes = new ArrayList<>();
    byte[] bytes = "{\"a\":1}{\"b\":22}{\"c\"".getBytes(StandardCharsets.US_ASCII);
    stream.feed(bytes, bytes.length, (message, size) -> sizes.add(size));
    assertThat(sizes).containsExactly(7L, 8L);
    assertThat(stream.midway()).isTrue();
  }

  static Stream<Arguments> rubbish() {
    return Stream.of(
        Arguments.of("hello", "Unexpected character ('h'"),
        Arguments.of("[1,2]", "a message is a JSON object, and here is START_ARRAY"),
        Arguments.of("5 ", "a message is a JSON object, and here is VALUE_NUMBER_INT"),
        Arguments.of("\"x\"", "a message is a JSON object, and here is VALUE_STRING"),
        Arguments.of("{\"a\":1,}", "was expecting"),
        Arguments.of("{\"a\":1,\"a\":2}", "Duplicate field 'a'"),
        Arguments.of("{'a':1}", "was expecting double-quote"),
        Arguments.of("{\"a\":01}", "Invalid numeric value"),
        Arguments.of("{\"a\":NaN}", "NaN"),
        Arguments.of("{\"a\":9223372036854775808}", "out of range of long"),
        Arguments.of("{\"a\":" + "1".repeat(500) + "}", "Number value length (500)"),
        Arguments.of("{\"a\":" + "[".repeat(40), "nesting depth (33)"),
        Arguments.of("{\"" + "n".repeat(1100) + "\":1}", "Name length"),
        Arguments.of("{\"a\":\"\n\"}", "Illegal unquoted character"),
        Arguments.of("}", "Unexpected close marker"),
        Arguments.of("<html>", "Unexpected character ('<'"),
        Arguments.of("{}\0", "Illegal character"));
  }

  @ParameterizedTest
  @MethodSource("rubbish")
  void rubbishIsRefusedWithWordsAndWhatCameBeforeItIsKept(String text, String words)
      throws Exception {
    Streamed streamed = new Streamed(JsonStream.MAX_MESSAGE);
    assertThatThrownBy(() -> streamed.feed("{\"good\":1}" + text))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining(words);
    assertThat(streamed.messages().get(0)).hasToString("{\"good\":1}");
  }

  @Test
  void bytesThatAreNotUtf8AreRefused() {
    Streamed streamed = new Streamed(JsonStream.MAX_MESSAGE);
    assertThatThrownBy(
            () -> streamed.feed(new byte[] {'{', '"', (byte) 0xc3, '(', '"', ':', '1', '}'}))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("Invalid UTF-8");
  }

  static Stream<Arguments> endless() {
    return Stream.of(
        Arguments.of("", " "),
        Arguments.of("{\"a\":\"", "x"),
        Arguments.of("{\"a\":[", "1,"),
        Arguments.of("{\"a\":[", "[],"),
        Arguments.of("{\"a\":1", " "));
  }

  @ParameterizedTest
  @MethodSource("endless")
  void aMessageWithoutEndIsRefusedAtTheLimit(String begin, String more) throws Exception {
    Streamed streamed = new Streamed(10_000);
    streamed.feed(begin);
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 100; i++) {
                streamed.feed(more.repeat(1000 / more.length()));
              }
            })
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("exceeds the maximum allowed (10000");
  }

  @Test
  void theLimitIsForOneMessageAndNotForTheConnection() throws Exception {
    Streamed streamed = new Streamed(10_000);
    String message = "{\"a\":\"" + "x".repeat(900) + "\"}";
    for (int i = 0; i < 1000; i++) {
      streamed.feed(message);
    }
    assertThat(streamed.messages()).hasSize(1000);
  }

  @Test
  void whateverComesEitherIsAMessageOrIsRefused() throws Exception {
    String good = "{\"id\":1,\"result\":[{\"rows\":[{\"a\":[\"set\",[1,2]]}]}],\"error\":null}";
    int refused = 0;
    for (int seed = 0; seed < 2000; seed++) {
      Random random = new Random(seed);
      byte[] bytes = good.getBytes(StandardCharsets.US_ASCII);
      for (int i = random.nextInt(4); i >= 0; i--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      Streamed streamed = new Streamed(1000);
      try {
        streamed.feed(bytes);
        for (var message : streamed.messages()) {
          if (Message.of(message) instanceof Message.Reply reply) {
            new ResultsReader(List.of(new Operation.Select("t", List.of(), List.of())))
                .read(reply.result());
          }
        }
      } catch (MalformedException | OvsdbException e) {
        assertThat(e.getMessage()).isNotBlank();
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(1000);
  }
}
