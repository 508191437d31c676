package io.vxland.netlink4j.jna;

import com.sun.jna.Memory;
import io.vxland.netlink4j.model.NetlinkException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

/** An open file descriptor, closed once. */
public final class Descriptor implements AutoCloseable {
  private final int fd;
  private final AtomicBoolean open = new AtomicBoolean(true);

  Descriptor(int fd) {
    this.fd = fd;
  }

  /** Opens a file to read, close-on-exec. */
  public static Descriptor open(Path path) throws NetlinkException {
    byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
    try (Memory memory = new Memory(name.length + 1L)) {
      memory.write(0, name, 0, name.length);
      memory.setByte(name.length, (byte) 0);
      int fd = Libc.open(memory, Libc.O_CLOEXEC);
      if (fd < 0) {
        throw new NetlinkException("open " + path, Libc.errno());
      }
      return new Descriptor(fd);
    }
  }

  /**
   * The number.
   *
   * @throws IllegalStateException after close
   */
  public int fd() {
    if (!open.get()) {
      throw new IllegalStateException("the descriptor is closed");
    }
    return fd;
  }

  @Override
  public void close() {
    if (open.compareAndSet(true, false)) {
      // Linux closes the descriptor whatever close() answers.
      Libc.close(fd);
    }
  }
}
