package io.vxland.libvirt.xml;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Documents for the tests, most of them as hooks got them from a real libvirt. */
final class Documents {
  static final String UUID = "11111111-aaaa-0000-0000-000000000001";

  private Documents() {}

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static byte[] sample(String name) {
    try (InputStream in = Documents.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] domainWith(String devices) {
    return bytes(
        "<domain><name>hv1</name><uuid>"
            + UUID
            + "</uuid><devices>"
            + devices
            + "</devices></domain>");
  }
}
