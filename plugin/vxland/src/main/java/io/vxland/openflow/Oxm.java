package io.vxland.openflow;

/**
 * Headers of fields on the wire: class, number, mask flag, length of what follows (OpenFlow 1.4,
 * 7.2.2.2). {@code NXM} are the Nicira classes from before there was OXM; Open vSwitch uses them
 * still for what OXM has not.
 */
final class Oxm {
  private static final int MASKED = 0x100;

  private Oxm() {}

  static int standard(int number) {
    return header(0x8000, number);
  }

  static int nxm(int number) {
    return header(0x0000, number);
  }

  static int nxm1(int number) {
    return header(0x0001, number);
  }

  static int ericsson(int number) {
    return header(0x1000, number);
  }

  private static int header(int classNumber, int number) {
    return classNumber << 16 | number << 9;
  }

  static int exact(int header, int bytes) {
    return header | bytes;
  }

  static int masked(int header, int bytes) {
    return header | MASKED | 2 * bytes;
  }

  static boolean isMasked(int header) {
    return (header & MASKED) != 0;
  }

  static int length(int header) {
    return header & 0xff;
  }

  /** A header without mask and length. */
  static int bare(int header) {
    return header & ~(MASKED | 0xff);
  }
}
