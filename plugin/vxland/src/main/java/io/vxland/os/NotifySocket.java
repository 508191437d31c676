package io.vxland.os;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A Unix datagram socket of libc, which the JDK has not: one for each message, as sd_notify(3)
 * itself does.
 */
final class NotifySocket {
  /** Linux, include/linux/socket.h. */
  private static final int AF_UNIX = 1;

  /** Linux, include/linux/net.h: SOCK_DGRAM | SOCK_CLOEXEC. */
  private static final int DATAGRAM_CLOSED_ON_EXEC = 2 | 0x80000;

  /** Linux, include/linux/socket.h: MSG_DONTWAIT | MSG_NOSIGNAL. */
  private static final int NEITHER_WAIT_NOR_SIGNAL = 0x40 | 0x4000;

  /** Linux, include/uapi/linux/un.h: sun_path has 108 bytes, after two of sun_family. */
  private static final int MAX_PATH = 108;

  private static final class Libc {
    static {
      Native.register(Libc.class, "c");
    }

    private Libc() {}

    static native int socket(int domain, int type, int protocol) throws LastErrorException;

    static native long sendto(
        int descriptor, byte[] data, long length, int flags, byte[] address, int addressLength)
        throws LastErrorException;

    static native int close(int descriptor) throws LastErrorException;
  }

  private NotifySocket() {}

  /**
   * The sockaddr_un of an address as NOTIFY_SOCKET has it: a path, or {@code @} and an abstract
   * name (unix(7)); null if it is neither.
   */
  static byte[] address(String notifySocket) {
    byte[] path = notifySocket.getBytes(StandardCharsets.UTF_8);
    boolean isAbstract = notifySocket.startsWith("@");
    if ((!isAbstract && !notifySocket.startsWith("/"))
        || path.length < 2
        || path.length > (isAbstract ? MAX_PATH : MAX_PATH - 1)) {
      return null;
    }
    if (isAbstract) {
      path[0] = 0;
    }
    // A path ends with a NUL; an abstract name ends with the length given to the kernel.
    byte[] address = new byte[2 + path.length + (isAbstract ? 0 : 1)];
    address[ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? 0 : 1] = AF_UNIX;
    System.arraycopy(path, 0, address, 2, path.length);
    return address;
  }

  /** Sends one datagram; returns whether it was taken. Never waits. */
  static boolean send(byte[] address, String message) {
    byte[] data = message.getBytes(StandardCharsets.UTF_8);
    try {
      int descriptor = Libc.socket(AF_UNIX, DATAGRAM_CLOSED_ON_EXEC, 0);
      try {
        return Libc.sendto(
                descriptor, data, data.length, NEITHER_WAIT_NOR_SIGNAL, address, address.length)
            == data.length;
      } finally {
        Libc.close(descriptor);
      }
    } catch (LastErrorException refused) {
      return false;
    }
  }
}
