package io.vxland.os;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import io.vxland.model.InterfaceName;
import java.util.Optional;

/**
 * A packet socket (packet(7)) on one tap, that gets of the guest's frames what {@link TapFilter}
 * picks. Used on one thread.
 *
 * <p>A tap is a port of a bridge, so the socket has to ask for all protocols: frames of one
 * protocol alone are handed out after the bridge has taken them away (Linux, net/core/dev.c:
 * __netif_receive_skb_core). What comes from the guest comes in on the tap, as PACKET_BROADCAST,
 * PACKET_MULTICAST or PACKET_OTHERHOST; what is sent to it is PACKET_OUTGOING.
 */
final class TapSocket implements AutoCloseable {
  private static final int SOL_SOCKET = 1;
  private static final int SO_RCVBUF = 8;
  private static final int SO_ATTACH_FILTER = 26;
  private static final int SOL_PACKET = 263;
  private static final int PACKET_IGNORE_OUTGOING = 23;
  private static final short ETH_P_ALL = 3;

  private static final int EAGAIN = 11;
  private static final int EINTR = 4;

  /** Bytes that wait, with the kernel's overhead: some 100 frames. The kernel drops the others. */
  private static final int QUEUE = 128 << 10;

  private static final class Libc {
    static {
      Native.register(Libc.class, "c");
    }

    private Libc() {}

    static native int setsockopt(int fd, int level, int option, Pointer value, int length)
        throws LastErrorException;

    static native int bind(int fd, byte[] address, int length) throws LastErrorException;

    static native long recv(int fd, byte[] bytes, long length, int flags) throws LastErrorException;
  }

  private final int descriptor;
  private final byte[] buffer;

  private TapSocket(int descriptor, int enough) {
    this.descriptor = descriptor;
    this.buffer = new byte[enough];
  }

  /**
   * Opens one on a device of this thread's network namespace.
   *
   * @param enough how many bytes of a frame are kept
   * @throws LastErrorException if there is no such device, or packet sockets are not allowed
   */
  static TapSocket open(InterfaceName tap, int enough) throws LastErrorException {
    byte[] address = PacketSocket.address(tap, ETH_P_ALL);
    TapSocket socket = new TapSocket(PacketSocket.open(), enough);
    try {
      // Before it is bound, so that nothing comes past the filter.
      socket.restrict(enough);
      Libc.bind(socket.descriptor, address, address.length);
      return socket;
    } catch (LastErrorException refused) {
      socket.close();
      throw refused;
    }
  }

  private void restrict(int enough) throws LastErrorException {
    byte[] program = TapFilter.program(enough);
    try (Memory instructions = new Memory(program.length);
        Memory head = new Memory(16);
        Memory number = new Memory(Integer.BYTES)) {
      instructions.write(0, program, 0, program.length);
      // struct sock_fprog: a count, and after padding a pointer.
      head.clear();
      head.setShort(0, (short) (program.length / TapFilter.INSTRUCTION));
      head.setPointer(8, instructions);
      Libc.setsockopt(descriptor, SOL_SOCKET, SO_ATTACH_FILTER, head, 16);
      number.setInt(0, QUEUE);
      Libc.setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, number, Integer.BYTES);
      number.setInt(0, 1);
      try {
        Libc.setsockopt(descriptor, SOL_PACKET, PACKET_IGNORE_OUTGOING, number, Integer.BYTES);
      } catch (LastErrorException olderThanLinux420) {
        // The filter leaves those out, too; this only spares the kernel a copy of each.
      }
    }
  }

  int descriptor() {
    return descriptor;
  }

  /**
   * Takes the next frame, cut where nothing more is needed; empty if none is there.
   *
   * @throws LastErrorException if the tap is down or gone
   */
  Optional<byte[]> next() throws LastErrorException {
    try {
      int length = (int) Libc.recv(descriptor, buffer, buffer.length, PacketSocket.WITHOUT_WAITING);
      byte[] frame = new byte[length];
      System.arraycopy(buffer, 0, frame, 0, length);
      return Optional.of(frame);
    } catch (LastErrorException none) {
      if (none.getErrorCode() == EAGAIN || none.getErrorCode() == EINTR) {
        return Optional.empty();
      }
      throw none;
    }
  }

  @Override
  public void close() {
    PacketSocket.close(descriptor);
  }
}
