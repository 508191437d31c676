package io.vxland.daemon;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vxland.config.ConfigException;
import io.vxland.config.Configuration;
import io.vxland.config.ConfigurationFiles;
import io.vxland.config.ConfigurationReader;
import io.vxland.model.InvalidValueException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The last good configuration: the texts of its files in one JSON file that only root can read, and
 * that is replaced as a whole. Files that a configuration names, such as keys and certificates, are
 * not in it; they are read where they are.
 */
final class KeptConfiguration {
  private static final int FORMAT = 1;

  /** More than a configuration of the largest files that are read has been seen to need. */
  private static final long MAX_BYTES = 64L << 20;

  private final ObjectMapper mapper =
      new ObjectMapper()
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
  private final Path file;

  KeptConfiguration(Path file) {
    this.file = file;
  }

  private record Document(int format, String read, List<Text> files) {}

  private record Text(String name, String text) {}

  /**
   * What was kept.
   *
   * @param configuration what it says
   * @param read when the files were last read as they are in it
   */
  record Kept(Configuration configuration, Instant read) {}

  /**
   * Keeps files, unless they are kept already.
   *
   * @throws IOException if they cannot be written; what was kept before then still is
   */
  void keep(ConfigurationFiles files, Instant now) throws IOException {
    List<Text> texts =
        files.texts().entrySet().stream()
            .map(each -> new Text(each.getKey(), each.getValue()))
            .toList();
    if (!texts.equals(known())) {
      AtomicFile.replace(
          file,
          mapper.writeValueAsBytes(new Document(FORMAT, now.toString(), texts)),
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }
  }

  /** The texts that are kept; none where they cannot be read, and so have to be written again. */
  private List<Text> known() {
    try {
      return document().files();
    } catch (IOException unusable) {
      return List.of();
    }
  }

  /**
   * Reads what was kept.
   *
   * @throws IOException if there is nothing, or nothing that can be used; says why
   */
  Kept load() throws IOException {
    Document document = document();
    Map<String, String> texts = new LinkedHashMap<>();
    try {
      for (Text each : document.files()) {
        if (texts.put(each.name(), each.text()) != null) {
          throw unusable(each.name() + " occurs twice in it");
        }
      }
      return new Kept(
          ConfigurationReader.read(file, new ConfigurationFiles(texts)),
          Instant.parse(document.read()));
    } catch (ConfigException | InvalidValueException | java.time.DateTimeException wrong) {
      throw unusable(wrong.getMessage());
    }
  }

  private Document document() throws IOException {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw unusable("it has more than " + MAX_BYTES + " bytes");
      }
      Document document = mapper.readValue(Files.readAllBytes(file), Document.class);
      if (document == null || document.format() != FORMAT) {
        throw unusable("it is not of format " + FORMAT);
      }
      if (document.read() == null
          || document.files() == null
          || document.files().stream()
              .anyMatch(each -> each == null || each.name() == null || each.text() == null)) {
        throw unusable("it is incomplete");
      }
      return document;
    } catch (NoSuchFileException never) {
      throw new IOException("there is no " + file, never);
    } catch (JsonProcessingException broken) {
      throw unusable(String.valueOf(broken.getMessage()).lines().findFirst().orElse("it is empty"));
    }
  }

  private IOException unusable(String why) {
    return new IOException(file + " cannot be used: " + why);
  }
}
