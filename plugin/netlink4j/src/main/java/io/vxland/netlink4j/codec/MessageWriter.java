package io.vxland.netlink4j.codec;

import io.vxland.netlink4j.model.IpAddress;
import io.vxland.netlink4j.model.LinkAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes messages one after another into one growing array, which is used again after {@link
 * #clear}. A message is {@link #begin}, its fixed part, attributes, {@link #end}.
 */
public final class MessageWriter {
  private static final int NESTED = 0x8000;
  private static final int MAX_ATTRIBUTE = 0xffff;

  private byte[] bytes;
  private int length;
  private int message = -1;

  /** A writer that has room for so many bytes before it grows. */
  public MessageWriter(int capacity) {
    bytes = new byte[capacity];
  }

  /** The array; the first {@link #length} bytes are the messages. */
  public byte[] array() {
    return bytes;
  }

  /** Bytes written. */
  public int length() {
    return length;
  }

  /** A copy of what was written. */
  public byte[] toBytes() {
    return Arrays.copyOf(bytes, length);
  }

  /** Forgets everything. */
  public void clear() {
    length = 0;
    message = -1;
  }

  /** Forgets what was written after a place, such as half a message. */
  public void truncate(int to) {
    length = to;
    message = -1;
  }

  /**
   * Begins a message.
   *
   * @param type {@code RTM_*}
   * @param flags {@code NLM_F_*}
   */
  public void begin(int type, int flags, int sequence) {
    message = length;
    room(Wire.HEADER_BYTES);
    put32(0);
    put16(type);
    put16(flags);
    put32(sequence);
    put32(0);
  }

  /** Ends the message: its length is now known. */
  public void end() {
    Wire.put32(bytes, message, length - message);
    message = -1;
  }

  /** Adds flags to a message that was written, by the place of its header. */
  public void addFlags(int header, int flags) {
    Wire.put16(bytes, header + 6, Wire.u16(bytes, header + 6) | flags);
  }

  /**
   * Makes room for a fixed part, all zero.
   *
   * @return its place in {@link #array}, to be filled before more is written
   */
  int fixed(int size) {
    room(size);
    int at = length;
    length += size;
    Arrays.fill(bytes, at, length, (byte) 0);
    return at;
  }

  public void u8(int value) {
    room(1);
    bytes[length++] = (byte) value;
  }

  public void u16(int value) {
    room(2);
    put16(value);
  }

  public void u32(int value) {
    room(4);
    put32(value);
  }

  /** An attribute without a payload. */
  public void attribute(int type) {
    header(type, 0);
  }

  public void attributeU8(int type, int value) {
    header(type, 1);
    bytes[length] = (byte) value;
    pad(1);
  }

  public void attributeU16(int type, int value) {
    header(type, 2);
    Wire.put16(bytes, length, value);
    pad(2);
  }

  public void attributeU16be(int type, int value) {
    header(type, 2);
    Wire.put16be(bytes, length, value);
    pad(2);
  }

  public void attributeU32(int type, int value) {
    header(type, 4);
    put32(value);
  }

  public void attributeU32be(int type, int value) {
    header(type, 4);
    Wire.put32be(bytes, length, value);
    length += 4;
  }

  public void attributeU64(int type, long value) {
    header(type, 8);
    boolean little = java.nio.ByteOrder.nativeOrder() == java.nio.ByteOrder.LITTLE_ENDIAN;
    put32((int) (little ? value : value >>> 32));
    put32((int) (little ? value >>> 32 : value));
  }

  public void attribute(int type, IpAddress address) {
    int size = address.length();
    header(type, size);
    put(address, size);
  }

  /** An address without an attribute's header. */
  public void address(IpAddress address) {
    int size = address.length();
    room(size);
    put(address, size);
  }

  private void put(IpAddress address, int size) {
    if (address.isV6()) {
      bigEndian(address.highBits(), Long.BYTES);
      length += Long.BYTES;
    }
    int rest = Math.min(size, Long.BYTES);
    bigEndian(address.lowBits(), rest);
    length += rest;
  }

  public void attribute(int type, LinkAddress address) {
    int size = address.length();
    header(type, size);
    if (size <= Long.BYTES) {
      bigEndian(address.toLong(), size);
    } else {
      for (int i = 0; i < size; i++) {
        bytes[length + i] = address.byteAt(i);
      }
    }
    pad(size);
  }

  /** The lowest bytes of a number, the last of them lowest. */
  private void bigEndian(long bits, int size) {
    long left = bits;
    for (int at = length + size - 1; at >= length; at--) {
      bytes[at] = (byte) left;
      left >>>= Byte.SIZE;
    }
  }

  public void attribute(int type, byte[] payload) {
    header(type, payload.length);
    System.arraycopy(payload, 0, bytes, length, payload.length);
    pad(payload.length);
  }

  /** Text with a NUL at its end. */
  public void attributeString(int type, String text) {
    byte[] payload = text.getBytes(StandardCharsets.UTF_8);
    attribute(type, Arrays.copyOf(payload, payload.length + 1));
  }

  /**
   * Begins an attribute that holds attributes, with {@code NLA_F_NESTED}.
   *
   * @return to be given to {@link #endNest}
   */
  public int nest(int type) {
    return plainNest(type | NESTED);
  }

  /** As {@link #nest} without {@code NLA_F_NESTED}, as old parts of rtnetlink have it. */
  public int plainNest(int type) {
    int start = length;
    header(type, 0);
    return start;
  }

  /** Ends a nested attribute. */
  public void endNest(int start) {
    int size = length - start;
    if (size > MAX_ATTRIBUTE) {
      throw new IllegalArgumentException("attribute of " + size + " bytes");
    }
    Wire.put16(bytes, start, size);
  }

  private void header(int type, int payload) {
    if (payload > MAX_ATTRIBUTE - Wire.ATTRIBUTE_BYTES) {
      throw new IllegalArgumentException("attribute of " + payload + " bytes");
    }
    room(Wire.ATTRIBUTE_BYTES + Wire.align(payload));
    put16(Wire.ATTRIBUTE_BYTES + payload);
    put16(type);
  }

  private void pad(int size) {
    int end = length + Wire.align(size);
    for (int i = length + size; i < end; i++) {
      bytes[i] = 0;
    }
    length = end;
  }

  private void put16(int value) {
    Wire.put16(bytes, length, value);
    length += 2;
  }

  private void put32(int value) {
    Wire.put32(bytes, length, value);
    length += 4;
  }

  private void room(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
    }
  }
}
