package io.vxland.libvirt;

/**
 * Something that libvirt did not do. The message says what was tried, on what, and libvirt's own
 * words.
 */
public final class LibvirtException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String tried;
  private final String words;

  /**
   * Creates it.
   *
   * @param tried what was tried, and on what
   * @param words libvirt's own words, or what stands in the way
   */
  public LibvirtException(String tried, String words) {
    super(tried + ": " + words);
    this.tried = tried;
    this.words = words;
  }

  LibvirtException(String tried, String words, Throwable cause) {
    this(tried, words);
    initCause(cause);
  }

  /** What was tried, and on what. */
  public String tried() {
    return tried;
  }

  /** libvirt's own words, or what stands in the way. */
  public String words() {
    return words;
  }
}
