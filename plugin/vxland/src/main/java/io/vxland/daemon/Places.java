package io.vxland.daemon;

import java.nio.file.Path;

/**
 * Where things are.
 *
 * @param configuration the directory with vxland.conf
 * @param socket the API's socket
 * @param memory the file with what must survive
 * @param templates the directory with the XML templates
 */
record Places(Path configuration, Path socket, Path memory, Path templates) {
  /** Where the package puts them. */
  static final Places INSTALLED =
      new Places(
          Path.of("/etc/vxland"),
          Path.of("/run/vxland/api.sock"),
          Path.of("/var/lib/vxland/memory.json"),
          Path.of("/usr/share/vxland/xml-templates"));
}
