package io.vxland.ovsdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ValuesTest {
  private static final String ID = "36bef046-7da7-43a5-905a-c17899216fcb";

  static LongStream seeds() {
    return LongStream.range(0, 300);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void whatIsWrittenIsReadBackThroughAStreamCutAnywhere(long seed) throws Exception {
    Row row = new Generator(seed).row();
    byte[] message =
        MessageWriter.transact(
            seed, "db", List.of(new Operation.Insert("t", row, Optional.empty())));
    Streamed streamed = new Streamed(JsonStream.MAX_MESSAGE);
    int cut = (int) (seed % message.length);
    streamed.feed(Arrays.copyOfRange(message, 0, cut));
    streamed.feed(Arrays.copyOfRange(message, cut, message.length));
    JsonNode written = streamed.messages().get(0).path("params").path(1).path("row");
    assertThat(ValueReader.row(written)).isEqualTo(row);
  }

  @Test
  void aRowIsReadByTheTypesItsReaderExpects() throws Exception {
    Row row =
        ValueReader.row(
            JsonText.of(
                "{'name':'br0','ports':['set',[['uuid','%1$s']]],'port':['uuid','%1$s'],"
                        .formatted(ID)
                    + "'tag':['set',[]],'trunks':['set',[1,2]],'one':7,'real':2.5,'whole':2,"
                    + "'protected':true,'stp':['set',[false]],'options':['map',[['a','b']]],"
                    + "'none':['map',[]],'queues':['map',[[0,['uuid','%s']]]]}".formatted(ID)));
    UUID uuid = UUID.fromString(ID);
    assertThat(row.text("name")).isEqualTo("br0");
    assertThat(row.optionalText("name")).contains("br0");
    assertThat(row.texts("name")).containsExactly("br0");
    assertThat(row.uuids("ports")).containsExactly(uuid);
    assertThat(row.uuid("port")).isEqualTo(uuid);
    assertThat(row.optionalUuid("tag")).isEmpty();
    assertThat(row.uuids("port")).isEqualTo(Set.of(uuid));
    assertThat(row.optionalInteger("tag")).isEmpty();
    assertThat(row.optionalInteger("one")).contains(7L);
    assertThat(row.integers("trunks")).containsExactly(1L, 2L);
    assertThat(row.integer("one")).isEqualTo(7);
    assertThat(row.real("real")).isEqualTo(2.5);
    assertThat(row.real("whole")).isEqualTo(2);
    assertThat(row.bool("protected")).isTrue();
    assertThat(row.optionalBool("stp")).contains(false);
    assertThat(row.textMap("options")).isEqualTo(Map.of("a", "b"));
    assertThat(row.textMap("none")).isEmpty();
    assertThat(row.uuidsByInteger("queues")).isEqualTo(Map.of(0L, uuid));
    assertThat(row.has("name")).isTrue();
    assertThat(row.has("nothing")).isFalse();
  }

  @Test
  void aColumnThatIsNotAsExpectedIsNamed() throws Exception {
    Row row = ValueReader.row(JsonText.of("{'name':'br0','tag':['set',[]],'two':['set',[1,2]]}"));
    assertThatThrownBy(() -> row.integer("name"))
        .isInstanceOf(OvsdbException.class)
        .hasMessage("read column 'name': one integer is wanted, and there is 'Text[value=br0]'");
    assertThatThrownBy(() -> row.integer("tag"))
        .hasMessage("read column 'tag': one integer is wanted, and there is none");
    assertThatThrownBy(() -> row.optionalInteger("two"))
        .hasMessage("read column 'two': at most one integer is wanted, and there are 2");
    assertThatThrownBy(() -> row.textMap("name"))
        .hasMessageContaining("a map of strings is wanted, and there is");
    assertThatThrownBy(() -> row.text("nothing"))
        .hasMessage("read column 'nothing': it is not among [name, tag, two]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "null | a value is wanted",
        "{} | a value is wanted, and here is an object of 0",
        "[] | a value is wanted, and here is an array of 0",
        "['set'] | a value is wanted",
        "['set',5] | an array of a set's atoms is wanted, and here is '5'",
        "['set',[1,1]] | an atom that is not twice in its set is wanted",
        "['set',[1,'a']] | atoms of one type are wanted",
        "['set',[['set',[]]]] | a value is wanted",
        "['map',{}] | an array of a map's pairs is wanted",
        "['map',[['a']]] | a pair of atoms is wanted, and here is an array of 1",
        "['map',[['a','b'],['a','c']]] | a key that is not twice in its map is wanted",
        "['map',[['a','b'],[1,'c']]] | atoms of one type are wanted",
        "['uuid','1-1-1-1-1'] | a UUID is wanted: '1-1-1-1-1'",
        "['uuid',5] | a value is wanted",
        "['named-uuid','a b'] | a name of letters",
        "['other','x'] | a value is wanted",
        "'a\\u0000b' | a string without U+0000",
        "'\\ud800' | a string without U+0000 that is valid Unicode",
        "1e999 | a finite number is wanted"
      })
  void whatIsNoValueIsRefusedWithWords(String json, String words) {
    assertThatThrownBy(() -> ValueReader.value(JsonText.of(json)))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining(words);
  }
}
