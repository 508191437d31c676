package io.vxland.netlink4j.jna;

import com.sun.jna.Native;
import com.sun.jna.Pointer;

/** C functions, by direct mapping. {@code size_t} is 64 bit: there is no 32-bit mapping. */
final class Libc {
  static final int AF_NETLINK = 16;
  static final int SOCK_RAW = 3;
  static final int SOCK_CLOEXEC = 0x80000;
  static final int SOL_SOCKET = 1;
  static final int SO_RCVBUF = 8;
  static final int SO_RCVBUFFORCE = 33;
  static final int SOL_NETLINK = 270;
  static final int MSG_TRUNC = 0x20;
  static final int MSG_DONTWAIT = 0x40;
  static final int EFD_CLOEXEC = 0x80000;
  static final int EFD_NONBLOCK = 0x800;
  static final int O_CLOEXEC = 0x80000;
  static final int CLONE_NEWNET = 0x40000000;
  static final short POLLIN = 1;

  static {
    if (Native.SIZE_T_SIZE != Long.BYTES) {
      throw new UnsatisfiedLinkError("netlink4j needs a 64-bit system");
    }
    Native.register(Libc.class, "c");
  }

  private Libc() {}

  static native int socket(int domain, int type, int protocol);

  static native int bind(int fd, Pointer address, int length);

  static native int getsockname(int fd, Pointer address, Pointer length);

  static native int setsockopt(int fd, int level, int option, Pointer value, int length);

  static native long send(int fd, Pointer bytes, long length, int flags);

  static native long recvfrom(
      int fd, Pointer bytes, long length, int flags, Pointer address, Pointer addressLength);

  static native int poll(Pointer fds, long count, int timeoutMillis);

  static native int eventfd(int value, int flags);

  static native long write(int fd, Pointer bytes, long length);

  /** Variadic in C; without O_CREAT the third argument is not read. */
  static native int open(Pointer path, int flags);

  /** Variadic in C; a pointer goes where the ABIs of 64-bit Linux put one that is not. */
  static native int ioctl(int fd, long request, Pointer argument);

  static native int setns(int fd, int type);

  static native int close(int fd);

  /** errno of this thread's last call. */
  static int errno() {
    return Native.getLastError();
  }

  /** Loads and binds the library; see {@link NetworkNamespaces} for why that must be early. */
  static void load() {
    Native.getLastError();
  }
}
