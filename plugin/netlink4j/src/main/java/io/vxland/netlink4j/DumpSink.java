package io.vxland.netlink4j;

/**
 * Takes the entries of a dump one by one, so that nobody needs to hold them all.
 *
 * @param <T> kind of entry
 */
public interface DumpSink<T> {
  /**
   * A dump begins. It is called again where a change interrupted the dump, which then is made anew:
   * all entries that came before are to be forgotten.
   */
  void begin();

  /** One entry. It must not use the connection, which is busy with the dump. */
  void accept(T entry);
}
