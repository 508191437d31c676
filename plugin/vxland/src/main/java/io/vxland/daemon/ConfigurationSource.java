package io.vxland.daemon;

import io.vxland.config.ConfigException;
import io.vxland.config.Configuration;
import io.vxland.config.ConfigurationFiles;
import io.vxland.config.ConfigurationReader;
import io.vxland.config.StartOnly;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Where the configuration comes from: the files of the administrator or, where these are refused
 * when the daemon starts, those that were good last. Used by one thread at a time.
 */
final class ConfigurationSource {
  private final Path directory;
  private final KeptConfiguration kept;
  private Optional<ConfigurationFiles> good = Optional.empty();

  /** What the daemon was started with. */
  private Configuration started;

  ConfigurationSource(Places places) {
    this.directory = places.configuration();
    this.kept = new KeptConfiguration(places.kept());
  }

  /**
   * What to start with.
   *
   * @param configuration what is in force
   * @param refusal why it is not the administrator's present one; empty if it is
   */
  record Start(Configuration configuration, Optional<Refusal> refusal) {}

  /**
   * The present configuration is not used.
   *
   * @param mistakes what is wrong with it
   * @param inForce when the one that is used instead was read
   */
  record Refusal(ConfigException mistakes, Instant inForce) {}

  /**
   * What a reload brings.
   *
   * @param configuration what is in force from now on
   * @param ignored the keys in which the files say something else, until the daemon is restarted
   */
  record Reload(Configuration configuration, List<String> ignored) {}

  /**
   * Finds what to start with.
   *
   * @throws NoConfigurationException if there is nothing
   */
  Start start() throws NoConfigurationException {
    try {
      ConfigurationReader.Loaded loaded = ConfigurationReader.load(directory);
      good = Optional.of(loaded.files());
      started = loaded.configuration();
      return new Start(started, Optional.empty());
    } catch (ConfigException wrong) {
      try {
        KeptConfiguration.Kept last = kept.load();
        started = last.configuration();
        return new Start(started, Optional.of(new Refusal(wrong, last.read())));
      } catch (IOException none) {
        throw new NoConfigurationException(wrong, none);
      }
    }
  }

  /**
   * Reads the files again.
   *
   * @throws ConfigException if they are refused; what is in force stays so
   */
  Reload reload() throws ConfigException {
    ConfigurationReader.Loaded loaded = ConfigurationReader.load(directory);
    good = Optional.of(loaded.files());
    return new Reload(
        StartOnly.inForce(started, loaded.configuration()),
        StartOnly.differences(started, loaded.configuration()));
  }

  /**
   * Keeps the files that were read last, if they were good.
   *
   * @throws IOException if they cannot be written
   */
  void keep() throws IOException {
    if (good.isPresent()) {
      kept.keep(good.get(), Instant.now());
    }
  }
}
