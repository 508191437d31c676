package io.vxland.config;

import java.nio.file.Path;

/**
 * One mistake in the configuration.
 *
 * @param file the file it is in
 * @param line the line, from 1; 0 when it is the file's as a whole
 * @param key the section and the key, such as {@code [network blue] vni}; empty when it has none
 * @param message what is wrong and what would be right
 */
public record Problem(Path file, int line, String key, String message) {
  /** The form {@code FILE:LINE: KEY: MESSAGE}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder().append(file);
    if (line > 0) {
      text.append(':').append(line);
    }
    text.append(": ");
    if (!key.isEmpty()) {
      text.append(key).append(": ");
    }
    return text.append(message).toString();
  }
}
