package io.vxland.netlink4j.codec;

import io.vxland.netlink4j.model.IpAddress;
import io.vxland.netlink4j.model.LinkAddress;
import io.vxland.netlink4j.model.NetlinkException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Goes through attributes, and reads each only within its own length. May be used again, so that a
 * dump of many entries makes no garbage.
 */
public final class Attributes {
  /** Both flags go, {@code NLA_F_NESTED} and {@code NLA_F_NET_BYTEORDER}. */
  private static final int TYPE_MASK = ~(0x8000 | 0x4000) & 0xffff;

  private byte[] bytes = new byte[0];
  private int next;
  private int limit;
  private int payload;
  private int length;
  private int type;
  private String what = "attribute";

  /** Begins at a place of an array. */
  public void reset(byte[] array, int from, int to, String of) {
    bytes = array;
    next = from;
    limit = to;
    what = of;
  }

  /** Attributes of a message behind its fixed part of a size. */
  void reset(MessageReader message, int fixedBytes, String of) {
    reset(message.array(), message.payload() + Wire.align(fixedBytes), message.end(), of);
  }

  /**
   * Goes to the next attribute.
   *
   * @return false after the last
   * @throws NetlinkException if the bytes end within one
   */
  public boolean next() throws NetlinkException {
    if (next >= limit) {
      return false;
    }
    int left = limit - next;
    if (left < Wire.ATTRIBUTE_BYTES) {
      throw malformed(left + " bytes cannot hold an attribute's header");
    }
    int whole = Wire.u16(bytes, next);
    if (whole < Wire.ATTRIBUTE_BYTES || whole > left) {
      throw malformed("attribute of length " + whole + " with " + left + " left");
    }
    type = Wire.u16(bytes, next + 2) & TYPE_MASK;
    payload = next + Wire.ATTRIBUTE_BYTES;
    length = whole - Wire.ATTRIBUTE_BYTES;
    // The last one of a nest may lack its padding.
    next = Math.min(limit, next + Wire.align(whole));
    return true;
  }

  /** Number of this attribute, without the flags of its upper bits. */
  public int type() {
    return type;
  }

  /** Bytes of its payload. */
  public int length() {
    return length;
  }

  public int u8() throws NetlinkException {
    exactly(1);
    return Wire.u8(bytes, payload);
  }

  public int u16() throws NetlinkException {
    exactly(2);
    return Wire.u16(bytes, payload);
  }

  public int u16be() throws NetlinkException {
    exactly(2);
    return Wire.u16be(bytes, payload);
  }

  /** Four bytes as they are; see {@link #u31} for what must not be negative. */
  public int s32() throws NetlinkException {
    exactly(4);
    return Wire.s32(bytes, payload);
  }

  public int u31() throws NetlinkException {
    int value = s32();
    if (value < 0) {
      throw malformed("attribute " + type + " is " + Integer.toUnsignedString(value));
    }
    return value;
  }

  public long u32() throws NetlinkException {
    return s32() & 0xffffffffL;
  }

  public int s32be() throws NetlinkException {
    exactly(4);
    return Wire.s32be(bytes, payload);
  }

  public long s64() throws NetlinkException {
    exactly(8);
    return Wire.s64(bytes, payload);
  }

  public IpAddress ip() throws NetlinkException {
    if (length != 4 && length != 16) {
      throw malformed("attribute " + type + " has " + length + " bytes, an IP address 4 or 16");
    }
    return IpAddress.of(bytes, payload, length);
  }

  /** As {@link #ip}, but the given one again where it is the same. */
  public IpAddress ip(IpAddress likely) throws NetlinkException {
    return likely != null && likely.matches(bytes, payload, length) ? likely : ip();
  }

  public LinkAddress linkAddress() throws NetlinkException {
    if (length > LinkAddress.MAX_LENGTH) {
      throw malformed("attribute " + type + " has " + length + " bytes, too many for an address");
    }
    return LinkAddress.of(bytes, payload, length);
  }

  /** Text up to its first NUL, or its end. */
  public String string() {
    int size = 0;
    while (size < length && bytes[payload + size] != 0) {
      size++;
    }
    return new String(bytes, payload, size, StandardCharsets.UTF_8);
  }

  /** A copy of the payload. */
  public byte[] bytes() {
    return Arrays.copyOfRange(bytes, payload, payload + length);
  }

  /** The attributes within this one. */
  public Attributes nested(String of) {
    Attributes inner = new Attributes();
    inner.reset(bytes, payload, payload + length, of);
    return inner;
  }

  byte[] array() {
    return bytes;
  }

  int payload() {
    return payload;
  }

  private void exactly(int size) throws NetlinkException {
    if (length != size) {
      throw malformed("attribute " + type + " has " + length + " bytes, not " + size);
    }
  }

  NetlinkException malformed(String why) {
    return MessageReader.malformed(what, next, why);
  }
}
