package io.vxland.daemon;

import java.nio.file.Path;

/**
 * Where things are.
 *
 * @param configuration the directory with vxland.conf
 * @param socket the API's socket
 * @param memory the file with what must survive
 * @param kept the file with the last good configuration
 * @param templates the directory with the XML templates
 */
record Places(Path configuration, Path socket, Path memory, Path kept, Path templates) {
  /** Where the package puts them. */
  static final Places INSTALLED =
      new Places(
          Path.of("/etc/vxland"),
          Path.of("/run/vxland/api.sock"),
          Path.of("/var/lib/vxland/memory.json"),
          Path.of("/var/lib/vxland/configuration.json"),
          Path.of("/usr/share/vxland/xml-templates"));

  /** The file with this host's VTEP. */
  Path vtep() {
    return memory.resolveSibling("vtep");
  }

  /** The file with the networks that keep a port to another network. */
  Path uplinks() {
    return memory.resolveSibling("uplinks");
  }

  /** The same with the configuration in another directory. */
  Places configuredIn(Path directory) {
    return new Places(directory, socket, memory, kept, templates);
  }
}
