package io.vxland.config;

import io.vxland.model.InvalidValueException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The texts of a configuration's files, as they were read.
 *
 * @param texts by name below the configuration's directory: {@code vxland.conf} first, then {@code
 *     networks.d/NAME.conf} in the order in which they count
 */
public record ConfigurationFiles(Map<String, String> texts) {
  /** What is below the directory, and nothing that leads out of it. */
  private static final Pattern NETWORKS =
      Pattern.compile(
          Pattern.quote(ConfigurationReader.NETWORKS_DIRECTORY) + "/[^./\0][^/\0]*\\.conf");

  /** Checks the names. */
  public ConfigurationFiles {
    texts = Collections.unmodifiableMap(new LinkedHashMap<>(texts));
    if (texts.isEmpty()
        || !texts.keySet().iterator().next().equals(ConfigurationReader.MAIN_FILE)) {
      throw new InvalidValueException(
          "a configuration begins with " + ConfigurationReader.MAIN_FILE);
    }
    texts.keySet().stream()
        .skip(1)
        .filter(name -> !NETWORKS.matcher(name).matches())
        .findFirst()
        .ifPresent(
            name -> {
              throw new InvalidValueException(
                  InvalidValueException.quote(name) + " is not the name of a configuration's file");
            });
  }
}
