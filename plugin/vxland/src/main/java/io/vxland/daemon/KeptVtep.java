package io.vxland.daemon;

import io.vxland.model.InvalidValueException;
import io.vxland.model.Vtep;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The VTEP that this host has, also after a restart: where the configuration lets it choose, it
 * does not choose anew with each default route. One line in a file of its own, which an older
 * vxland does not read. Not thread-safe but for {@link #current}.
 */
final class KeptVtep {
  private static final int MOST_BYTES = 64;

  private final Path file;
  private volatile Optional<Vtep> current = Optional.empty();
  private Optional<Vtep> saved = Optional.empty();

  KeptVtep(Path file) {
    this.file = file;
  }

  Optional<Vtep> current() {
    return current;
  }

  /**
   * Reads it; without a file there is none.
   *
   * @throws IOException if it cannot be read, or is not an address
   */
  void load() throws IOException {
    try {
      byte[] bytes = Files.readAllBytes(file);
      if (bytes.length > MOST_BYTES) {
        throw new IOException(file + " is longer than an address");
      }
      saved = Optional.of(Vtep.parse(new String(bytes, StandardCharsets.US_ASCII).strip()));
      current = saved;
    } catch (NoSuchFileException none) {
      current = Optional.empty();
    } catch (InvalidValueException wrong) {
      throw new IOException(file + ": " + wrong.getMessage(), wrong);
    }
  }

  /** From now on it is this one. */
  void is(Vtep vtep) {
    current = Optional.of(vtep);
  }

  /**
   * Writes it down, if it is another one than before.
   *
   * @throws IOException if it cannot be written
   */
  void save() throws IOException {
    Optional<Vtep> now = current;
    if (now.isPresent() && !now.equals(saved)) {
      AtomicFile.replace(file, (now.get() + "\n").getBytes(StandardCharsets.US_ASCII));
      saved = now;
    }
  }
}
