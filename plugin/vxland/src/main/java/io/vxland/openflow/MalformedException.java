package io.vxland.openflow;

/** Bytes that are not OpenFlow 1.4. */
final class MalformedException extends Exception {
  MalformedException(String what) {
    super(what);
  }
}
