package io.vxland.config;

import io.vxland.model.InvalidValueException;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.commons.configuration2.INIConfiguration;
import org.apache.commons.configuration2.ex.ConfigurationException;
import org.apache.commons.configuration2.tree.ImmutableNode;

/**
 * The sections of one file. Commons Configuration finds the values; it knows no line numbers and
 * takes almost anything, so the lines are looked at here first, and those that are wrong are
 * reported and kept from it.
 */
final class IniFile {
  /**
   * A section.
   *
   * @param title what stands in the brackets
   * @param settings its keys, in the order of the file
   */
  record Section(Path file, int line, String title, List<Setting> settings) {
    @Override
    public String toString() {
      return "[" + title + "]";
    }
  }

  /** A key with its value: comment and quotes gone, nothing interpolated. */
  record Setting(int line, String key, String value) {}

  private record Header(int line, String title, List<Setting> keys) {}

  private final Path file;
  private final Problems problems;
  private final List<Header> headers = new ArrayList<>();
  private final Map<String, Header> byTitle = new HashMap<>();
  private final StringBuilder sound = new StringBuilder();

  private IniFile(Path file, Problems problems) {
    this.file = file;
    this.problems = problems;
  }

  static List<Section> parse(Path file, String text, Problems problems) {
    IniFile ini = new IniFile(file, problems);
    ini.checkLines(text.lines().iterator());
    return ini.withValues();
  }

  private void checkLines(Iterator<String> lines) {
    Header current = null;
    boolean beforeFirst = true;
    for (int number = 1; lines.hasNext(); number++) {
      String line = lines.next();
      String trimmed = line.trim();
      if (trimmed.isEmpty() || trimmed.startsWith("#") || trimmed.startsWith(";")) {
        continue;
      }
      if (line.chars().anyMatch(c -> Character.isISOControl(c) && c != '\t')) {
        problems.add(file, number, "", "contains a control character; write plain text only");
      } else if (trimmed.startsWith("[")) {
        beforeFirst = false;
        current = header(number, trimmed);
      } else if (beforeFirst) {
        problems.add(file, number, "", InvalidValueException.quote(trimmed) + BEFORE_SECTION);
      } else if (current != null) {
        setting(current, number, line);
      }
    }
  }

  private static final String BEFORE_SECTION =
      " comes before any section; begin with a section such as [host]";

  private Header header(int number, String line) {
    if (!line.endsWith("]")) {
      problems.add(
          file,
          number,
          "",
          "section header "
              + InvalidValueException.quote(line)
              + " does not end with ']'; a comment goes on a line of its own");
      return null;
    }
    String title = line.substring(1, line.length() - 1);
    if (!title.equals(title.trim()) || title.isEmpty()) {
      problems.add(
          file,
          number,
          "",
          "section header "
              + InvalidValueException.quote(line)
              + " has no name, or spaces next to the brackets");
      return null;
    }
    Header header = new Header(number, title, new ArrayList<>());
    Header first = byTitle.putIfAbsent(title, header);
    if (first != null) {
      problems.add(
          file, number, "[" + title + "]", "the section already begins in line " + first.line());
      return null;
    }
    headers.add(header);
    sound.append(line).append('\n');
    return header;
  }

  private void setting(Header header, int number, String line) {
    int equals = line.indexOf('=');
    String key = equals < 0 ? line.trim() : line.substring(0, equals).trim();
    if (equals < 0 || key.isEmpty()) {
      problems.add(
          file,
          number,
          "[" + header.title() + "]",
          InvalidValueException.quote(line.trim()) + " is not KEY = VALUE");
    } else if (line.indexOf('\\') >= 0) {
      problems.add(
          file,
          number,
          "[" + header.title() + "]",
          "contains a backslash; lines cannot be continued, and no value needs one");
    } else {
      header.keys().add(new Setting(number, key, ""));
      sound.append(line).append('\n');
    }
  }

  private List<Section> withValues() {
    INIConfiguration ini = new INIConfiguration();
    // Without this a colon would end a key, too, and IPv6 addresses are full of them.
    ini.setSeparatorUsedInInput("=");
    try {
      ini.read(new StringReader(sound.toString()));
    } catch (ConfigurationException e) {
      problems.add(file, 0, "", String.valueOf(e.getMessage()));
      return List.of();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    Map<String, ImmutableNode> nodes = new HashMap<>();
    for (ImmutableNode node : ini.getNodeModel().getNodeHandler().getRootNode().getChildren()) {
      nodes.put(node.getNodeName(), node);
    }
    return headers.stream().map(header -> section(header, nodes.get(header.title()))).toList();
  }

  /** The library keeps the order of keys, repeated ones included, so the two lists fit. */
  private Section section(Header header, ImmutableNode node) {
    List<Setting> settings = new ArrayList<>();
    // Copied by the library each time it is asked for.
    Iterator<ImmutableNode> children = node.getChildren().iterator();
    for (Setting key : header.keys()) {
      ImmutableNode child = children.next();
      if (!child.getNodeName().equals(key.key())) {
        throw new IllegalStateException(
            file + ":" + key.line() + ": read as " + child.getNodeName());
      }
      settings.add(new Setting(key.line(), key.key(), String.valueOf(child.getValue())));
    }
    return new Section(file, header.line(), header.title(), List.copyOf(settings));
  }
}
