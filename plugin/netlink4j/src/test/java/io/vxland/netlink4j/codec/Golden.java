package io.vxland.netlink4j.codec;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;

/**
 * Bytes that iproute2 and the kernel exchanged, captured by {@code src/test/golden-capture}.
 *
 * @param name what it is
 * @param command the command that was run
 * @param hex one datagram
 */
record Golden(String name, String command, String hex) {
  static List<Golden> requests() {
    return read("requests");
  }

  static List<Golden> dumps() {
    return read("dumps");
  }

  static Golden request(String name) {
    return requests().stream().filter(g -> g.name().equals(name)).findFirst().orElseThrow();
  }

  private static List<Golden> read(String file) {
    try (InputStream in = Golden.class.getResourceAsStream("/golden/" + file + ".txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .map(Golden::parse)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Golden parse(String line) {
    String[] parts = line.split(" \\| ", -1);
    return new Golden(parts[0], parts[1], parts[2]);
  }

  byte[] bytes() {
    return HexFormat.of().parseHex(hex);
  }

  @Override
  public String toString() {
    return name + ": " + command;
  }
}
