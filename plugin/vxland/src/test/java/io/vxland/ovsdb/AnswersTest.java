package io.vxland.ovsdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the server answers and tells, as RFC 7047 has it, and otherwise. */
class AnswersTest {
  private static final String ID = "36bef046-7da7-43a5-905a-c17899216fcb";
  private static final UUID ROW = UUID.fromString(ID);

  private static final List<Operation> TWO =
      List.of(
          new Operation.Insert("Port", Row.EMPTY, Optional.empty()),
          new Operation.Delete("Port", List.of()));

  private static Results read(List<Operation> operations, String json) throws Exception {
    return new ResultsReader(operations).read(JsonText.of(json));
  }

  @Test
  void eachOperationHasItsResult() throws Exception {
    List<Operation> operations =
        List.of(
            new Operation.Select("Port", List.of(), List.of()),
            TWO.get(0),
            TWO.get(1),
            new Operation.Comment("why"));
    Results results =
        read(operations, "[{'rows':[{'name':'p'}]},{'uuid':['uuid','" + ID + "']},{'count':3},{}]");
    assertThat(results.rows(0)).containsExactly(Row.EMPTY.with("name", "p"));
    assertThat(results.inserted(1)).isEqualTo(ROW);
    assertThat(results.count(2)).isEqualTo(3);
    assertThat(results.all().get(3)).isEqualTo(new Result.Done());
    assertThatThrownBy(() -> results.count(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no Count in place 0 of 4 results");
  }

  @Test
  void theOperationThatWasRefusedIsNamedWithTheServersWords() {
    assertThatThrownBy(
            () ->
                read(
                    TWO,
                    "[{'uuid':['uuid','"
                        + ID
                        + "']},{'error':'constraint violation','details':'no such\\nthing'}]"))
        .isInstanceOfSatisfying(
            OvsdbException.class,
            e -> {
              assertThat(e)
                  .hasMessage(
                      "delete from Port (operation 2 of 2): constraint violation: no such?thing");
              assertThat(e.error()).contains("constraint violation");
              assertThat(e.details()).contains("no such?thing");
            });
    assertThatThrownBy(() -> read(TWO, "[{'error':'x','details':'','syntax':'{}'},null]"))
        .hasMessage("insert into Port (operation 1 of 2): x:  (in {})");
  }

  @Test
  void whatWentWrongWithTheCommitIsSaidOfTheCommit() {
    assertThatThrownBy(
            () ->
                read(
                    TWO,
                    "[{'uuid':['uuid','"
                        + ID
                        + "']},{'count':0},{'error':'referential integrity violation'}]"))
        .isInstanceOfSatisfying(
            OvsdbException.class,
            e -> {
              assertThat(e)
                  .hasMessage(
                      "commit insert into Port, delete from Port: referential integrity violation");
              assertThat(e.details()).isEmpty();
            });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{} | results of a transaction, a JSON array, is wanted",
        "[] | 0 results of a transaction of 2 operations",
        "[{},{},{},{}] | 4 results of a transaction of 2 operations",
        "[{'uuid':['uuid','36bef046-7da7-43a5-905a-c17899216fcb']},{'count':1},{}] |"
            + " the error of a commit is wanted",
        "[null,{'count':1}] | the result of: insert into Port, a JSON object, is wanted",
        "[{},{'count':1}] | a value is wanted",
        "[{'uuid':'x'},{'count':1}] | the UUID of a row is wanted",
        "[{'uuid':['uuid','36bef046-7da7-43a5-905a-c17899216fcb']},{'count':-1}] |"
            + " a count of rows is wanted, and here is '-1'"
      })
  void whatIsNoResultIsRefused(String json, String words) {
    assertThatThrownBy(() -> read(TWO, json))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining(words);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{} | a reply has the number of its request",
        "{'id':'x','result':1} | a reply has the number of its request",
        "{'id':null,'result':null,'error':'bad'} | number of its request: error \"bad\"",
        "{'id':1,'result':1,'error':2} | a result or an error, not both",
        "{'id':1,'result':1,'more':2} | a message with the key 'more'",
        "{'method':5,'params':[]} | a method and an array of parameters",
        "{'method':'m'} | a method and an array of parameters",
        "{'method':'m','params':{}} | a method and an array of parameters",
        "{'method':'m','params':[],'result':1} | a message with the key 'result'"
      })
  void whatIsNoMessageIsRefused(String json, String words) {
    assertThatThrownBy(() -> Message.of((ObjectNode) JsonText.of(json)))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining(words);
  }

  private static final UpdateReader PORTS =
      new UpdateReader(Map.of("Port", Watch.of("Port", "name", "tag")));

  private static String port(String id, String what) {
    return "{'Port':{'" + id + "':" + what + "}}";
  }

  @Test
  void aMonitorsUpdatesMakeTheNextSnapshotAndLeaveTheLast() throws Exception {
    Snapshot first = PORTS.snapshot(JsonText.of(port(ID, "{'new':{'name':'a','tag':['set',[]]}}")));
    Row a = Row.EMPTY.with("name", "a").with("tag", SetValue.EMPTY);
    Row tagged = a.with("tag", Atom.of(5));
    assertThat(first.table("Port")).isEqualTo(Map.of(ROW, a));
    assertThat(PORTS.snapshot(JsonText.of("{}")).table("Port")).isEmpty();

    Update modified =
        PORTS.update(
            JsonText.of(port(ID, "{'old':{'tag':['set',[]]},'new':{'name':'a','tag':5}}")));
    assertThat(modified.rows())
        .containsExactly(
            new RowUpdate.Modified("Port", ROW, Row.EMPTY.with("tag", SetValue.EMPTY), tagged));
    Snapshot second = first.after(modified);
    assertThat(second.table("Port")).isEqualTo(Map.of(ROW, tagged));
    assertThat(first.table("Port")).isEqualTo(Map.of(ROW, a));

    UUID other = new UUID(1, 2);
    Snapshot third =
        second
            .after(PORTS.update(JsonText.of(port(ID, "{'old':{'name':'a','tag':5}}"))))
            .after(
                PORTS.update(
                    JsonText.of(port(other.toString(), "{'new':{'name':'a','tag':['set',[]]}}"))));
    assertThat(third.table("Port")).isEqualTo(Map.of(other, a));
    assertThatThrownBy(() -> third.table("Bridge"))
        .hasMessage("Bridge is not watched, only [Port]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[] | updates of tables, a JSON object, is wanted",
        "{'Bridge':{}} | an update of a table not watched: Bridge",
        "{'Port':[]} | updates of rows, a JSON object, is wanted",
        "{'Port':{'x':{}}} | a UUID is wanted: 'x'",
        "{'Port':{'36bef046-7da7-43a5-905a-c17899216fcb':{}}} | a row, a JSON object, is wanted",
        "{'Port':{'36bef046-7da7-43a5-905a-c17899216fcb':{'new':{'name':'a'}}}} |"
            + " all watched columns of Port are wanted",
        "{'Port':{'36bef046-7da7-43a5-905a-c17899216fcb':{'new':{'name':'a','tag':null}}}} |"
            + " a value is wanted"
      })
  void whatIsNoUpdateIsRefused(String json, String words) {
    assertThatThrownBy(() -> PORTS.update(JsonText.of(json)))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining(words);
  }
}
