package io.vxland.netlink4j;

import io.vxland.netlink4j.jna.Descriptor;
import io.vxland.netlink4j.model.NetlinkException;
import java.nio.file.Path;

/**
 * A network namespace held open, to move links into it ({@link
 * io.vxland.netlink4j.model.LinkSpec#netnsFd}) or to connect to it.
 */
public final class NetworkNamespace implements AutoCloseable {
  private final Descriptor descriptor;

  private NetworkNamespace(Descriptor descriptor) {
    this.descriptor = descriptor;
  }

  /**
   * Opens a namespace.
   *
   * @param path such as {@code /run/netns/blue} or {@code /proc/1234/ns/net}
   */
  public static NetworkNamespace open(Path path) throws NetlinkException {
    return new NetworkNamespace(Descriptor.open(path));
  }

  /** The open descriptor, good until {@link #close}. */
  public int fd() {
    return descriptor.fd();
  }

  @Override
  public void close() {
    descriptor.close();
  }
}
