package io.vxland.openflow;

import java.util.Arrays;
import java.util.HexFormat;

/** Reads numbers in network order, only within its part of an array. */
final class WireReader {
  private final byte[] bytes;
  private final int end;
  private int next;

  WireReader(byte[] bytes) {
    this(bytes, 0, bytes.length);
  }

  private WireReader(byte[] bytes, int from, int to) {
    this.bytes = bytes;
    this.next = from;
    this.end = to;
  }

  int left() {
    return end - next;
  }

  int u8() throws MalformedException {
    return (int) number(1);
  }

  int u16() throws MalformedException {
    return (int) number(Short.BYTES);
  }

  int u32() throws MalformedException {
    return (int) number(Integer.BYTES);
  }

  long u64() throws MalformedException {
    return number(Long.BYTES);
  }

  Value value(int width) throws MalformedException {
    return width > Long.BYTES
        ? new Value(width, u64(), number(width - Long.BYTES))
        : new Value(width, 0, number(width));
  }

  private long number(int width) throws MalformedException {
    int at = take(width);
    long number = 0;
    for (int i = 0; i < width; i++) {
      number = number << Byte.SIZE | (bytes[at + i] & 0xff);
    }
    return number;
  }

  void skip(int count) throws MalformedException {
    take(count);
  }

  /** The next bytes, to be read by themselves. */
  WireReader part(int count) throws MalformedException {
    int at = take(count);
    return new WireReader(bytes, at, at + count);
  }

  /** What is left, without taking it. */
  String hex() {
    return HexFormat.of().formatHex(bytes, next, end);
  }

  /** A copy of what is left, without taking it. */
  byte[] rest() {
    return Arrays.copyOfRange(bytes, next, end);
  }

  /** What is left, as it would be read. */
  WireReader copy() {
    return new WireReader(bytes, next, end);
  }

  private int take(int count) throws MalformedException {
    if (count < 0 || count > left()) {
      throw new MalformedException(count + " bytes are said to follow, there are " + left());
    }
    int at = next;
    next += count;
    return at;
  }
}
