package io.vxland.openflow;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Writes messages one after another, in network order, into one growing array. */
final class WireWriter {
  private static final int ROOM = 512;
  private static final int MAX_LENGTH = 0xffff;

  private byte[] bytes = new byte[ROOM];
  private int length;

  /**
   * Begins a message; see {@link #end}.
   *
   * @return where it begins
   */
  int begin(int type, int xid) {
    int start = length;
    u8(Message.VERSION);
    u8(type);
    u16(0);
    u32(xid);
    return start;
  }

  /** Ends a message: its length is known. */
  void end(int start) {
    length(start + 2, start);
  }

  /** Puts the length of what began at a place into two bytes. */
  void length(int at, int start) {
    int size = length - start;
    if (size > MAX_LENGTH) {
      throw new IllegalArgumentException(size + " bytes are more than a message can have");
    }
    bytes[at] = (byte) (size >>> Byte.SIZE);
    bytes[at + 1] = (byte) size;
  }

  int length() {
    return length;
  }

  void u8(int value) {
    number(value, 1);
  }

  void u16(int value) {
    number(value, Short.BYTES);
  }

  void u32(int value) {
    number(value, Integer.BYTES);
  }

  void u64(long value) {
    number(value, Long.BYTES);
  }

  void value(Value value) {
    int width = value.bytes();
    if (width > Long.BYTES) {
      u64(value.high());
      width -= Long.BYTES;
    }
    number(value.low(), width);
  }

  void bytes(byte[] more) {
    room(more.length);
    System.arraycopy(more, 0, bytes, length, more.length);
    length += more.length;
  }

  void zeros(int count) {
    room(count);
    Arrays.fill(bytes, length, length + count, (byte) 0);
    length += count;
  }

  /** Zeros up to a multiple of eight bytes from where something began. */
  void pad(int start) {
    zeros(-(length - start) & 7);
  }

  private void number(long value, int width) {
    room(width);
    for (int i = width - 1; i >= 0; i--) {
      bytes[length++] = (byte) (value >>> (i * Byte.SIZE));
    }
  }

  private void room(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
    }
  }

  byte[] toBytes() {
    return Arrays.copyOf(bytes, length);
  }

  /** All that was written, without a copy. */
  ByteBuffer toBuffer() {
    return ByteBuffer.wrap(bytes, 0, length);
  }
}
