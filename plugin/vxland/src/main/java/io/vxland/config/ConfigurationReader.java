package io.vxland.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads {@code vxland.conf}, then {@code networks.d/*.conf} in the order of their names. */
public final class ConfigurationReader {
  /** The main file's name. */
  public static final String MAIN_FILE = "vxland.conf";

  /** The name of the directory of further files. */
  public static final String NETWORKS_DIRECTORY = "networks.d";

  /** Largest size of one file, in bytes: room for 65,536 static entries. */
  static final int MAX_FILE_BYTES = 8 << 20;

  /** Most files in {@code networks.d}. */
  static final int MAX_FILES = 4_096;

  private final Problems problems = new Problems();
  private final ConfigurationParser parser = new ConfigurationParser(problems);

  private final Map<String, String> texts = new LinkedHashMap<>();
  private final Path directory;

  private ConfigurationReader(Path directory) {
    this.directory = directory;
  }

  /**
   * A configuration, and what it was read from.
   *
   * @param configuration what the files say
   * @param files the files
   */
  public record Loaded(Configuration configuration, ConfigurationFiles files) {}

  /**
   * Reads the configuration of a directory.
   *
   * @param directory such as {@code /etc/vxland}
   * @throws ConfigException if there is any mistake in it, or a file cannot be read
   */
  public static Configuration read(Path directory) throws ConfigException {
    return load(directory).configuration();
  }

  /** Reads the configuration of a directory, like {@link #read}, and returns its files with it. */
  public static Loaded load(Path directory) throws ConfigException {
    ConfigurationReader reader = new ConfigurationReader(directory);
    reader.file(MAIN_FILE);
    for (Path file : reader.networkFiles(directory.resolve(NETWORKS_DIRECTORY))) {
      reader.file(NETWORKS_DIRECTORY + "/" + file.getFileName());
    }
    Configuration configuration = reader.configuration();
    return new Loaded(configuration, new ConfigurationFiles(reader.texts));
  }

  /**
   * Reads the configuration that files say.
   *
   * @param place where they are from, for the messages
   * @throws ConfigException if there is any mistake in it
   */
  public static Configuration read(Path place, ConfigurationFiles files) throws ConfigException {
    ConfigurationReader reader = new ConfigurationReader(place);
    files.texts().forEach(reader::text);
    return reader.configuration();
  }

  private Configuration configuration() throws ConfigException {
    Configuration configuration = parser.configuration();
    problems.throwIfAny();
    return configuration;
  }

  private void text(String name, String text) {
    texts.put(name, text);
    parser.add(IniFile.parse(directory.resolve(name), text, problems), name.equals(MAIN_FILE));
  }

  private void file(String name) {
    Path file = directory.resolve(name);
    try {
      text(name, text(file));
    } catch (NoSuchFileException e) {
      problems.add(file, 0, "", "does not exist; for the defaults, create an empty file");
    } catch (CharacterCodingException e) {
      problems.add(file, 0, "", "is not UTF-8 text");
    } catch (IOException e) {
      problems.add(file, 0, "", "cannot be read: " + e.getMessage());
    }
  }

  private static String text(Path file) throws IOException {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new IOException("it is not a regular file");
    }
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MAX_FILE_BYTES + 1);
    }
    if (bytes.length > MAX_FILE_BYTES) {
      throw new IOException("it is larger than " + MAX_FILE_BYTES + " bytes; split it");
    }
    return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
  }

  private List<Path> networkFiles(Path networks) {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(networks, "*.conf")) {
      stream.forEach(files::add);
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (NotDirectoryException e) {
      problems.add(networks, 0, "", "is not a directory");
    } catch (IOException e) {
      problems.add(networks, 0, "", "cannot be read: " + e.getMessage());
    }
    if (files.size() > MAX_FILES) {
      problems.add(networks, 0, "", "has more than " + MAX_FILES + " files; merge some");
      return List.of();
    }
    files.removeIf(file -> file.getFileName().toString().startsWith("."));
    files.sort(null);
    return files;
  }
}
