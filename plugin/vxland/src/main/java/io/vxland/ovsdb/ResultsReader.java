package io.vxland.ovsdb;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Reads the answer to a transaction (RFC 7047, 4.1.3 and 5.2). */
final class ResultsReader {
  private final List<Operation> operations;

  ResultsReader(List<Operation> operations) {
    this.operations = operations;
  }

  /**
   * Reads the results.
   *
   * @throws OvsdbException what the server refused, with the operation and its words
   */
  Results read(JsonNode node) throws MalformedException, OvsdbException {
    ArrayNode answers = ValueReader.array("results of a transaction", node);
    int wanted = operations.size();
    // One more than there are operations is what went wrong with the commit itself.
    if (answers.size() < wanted || answers.size() > wanted + 1) {
      throw new MalformedException(
          answers.size() + " results of a transaction of " + wanted + " operations");
    }
    for (int i = 0; i < answers.size(); i++) {
      if (answers.get(i).has("error")) {
        throw refusal(i < wanted ? place(i) : "commit " + describe(operations), answers.get(i));
      }
    }
    if (answers.size() > wanted) {
      throw ValueReader.unlike("the error of a commit", answers.get(wanted));
    }
    List<Result> results = new ArrayList<>();
    for (int i = 0; i < wanted; i++) {
      results.add(result(operations.get(i), answers.get(i)));
    }
    return new Results(results);
  }

  private String place(int index) {
    String what = operations.get(index).describe();
    return operations.size() == 1
        ? what
        : what + " (operation " + (index + 1) + " of " + operations.size() + ")";
  }

  /** A transaction in words. */
  static String describe(List<Operation> operations) {
    if (operations.isEmpty()) {
      return "a transaction without operations";
    }
    int shown = 4;
    String first =
        operations.stream().limit(shown).map(Operation::describe).collect(Collectors.joining(", "));
    return operations.size() > shown
        ? first + " and " + (operations.size() - shown) + " more"
        : first;
  }

  /** What the server refused; in the words of an error object, or of a plain string. */
  static OvsdbException refusal(String tried, JsonNode error) {
    if (!error.isObject()) {
      return OvsdbException.refused(tried, error.asText(), "");
    }
    String details = error.path("details").asText();
    String syntax = error.path("syntax").asText();
    return OvsdbException.refused(
        tried,
        error.path("error").asText("an error without a name"),
        syntax.isEmpty() ? details : details + " (in " + syntax + ")");
  }

  private static Result result(Operation operation, JsonNode node) throws MalformedException {
    ObjectNode answer = ValueReader.object("the result of: " + operation.describe(), node);
    if (operation instanceof Operation.Select) {
      List<Row> rows = new ArrayList<>();
      for (JsonNode row : ValueReader.array("rows", answer.path("rows"))) {
        rows.add(ValueReader.row(row));
      }
      return new Result.Rows(rows);
    } else if (operation instanceof Operation.Insert) {
      if (ValueReader.value(answer.path("uuid")) instanceof Atom.Uuid uuid) {
        return new Result.Inserted(uuid.value());
      }
      throw ValueReader.unlike("the UUID of a row", answer.path("uuid"));
    } else if (operation instanceof Operation.Wait || operation instanceof Operation.Comment) {
      return new Result.Done();
    }
    JsonNode count = answer.path("count");
    if (!count.isIntegralNumber() || count.longValue() < 0) {
      throw ValueReader.unlike("a count of rows", count);
    }
    return new Result.Count(count.longValue());
  }
}
