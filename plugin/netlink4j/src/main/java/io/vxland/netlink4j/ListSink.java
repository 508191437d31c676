package io.vxland.netlink4j;

import java.util.ArrayList;
import java.util.List;

/** A dump as a list. */
final class ListSink<T> implements DumpSink<T> {
  private final List<T> entries = new ArrayList<>();

  @Override
  public void begin() {
    entries.clear();
  }

  @Override
  public void accept(T entry) {
    entries.add(entry);
  }

  List<T> entries() {
    return entries;
  }
}
