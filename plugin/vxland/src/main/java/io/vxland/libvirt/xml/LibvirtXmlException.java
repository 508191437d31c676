package io.vxland.libvirt.xml;

/**
 * XML that is not what libvirt writes, or that asks for what cannot be. The message names the
 * place, the thing found there and what would be right.
 */
public final class LibvirtXmlException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String where;
  private final String what;

  /**
   * Creates it.
   *
   * @param where the document or the object, and the place in it
   * @param what what was found, and what would be right
   */
  public LibvirtXmlException(String where, String what) {
    super(where + ": " + what);
    this.where = where;
    this.what = what;
  }

  LibvirtXmlException(String where, String what, Throwable cause) {
    this(where, what);
    initCause(cause);
  }

  /** The document or the object, and the place in it. */
  public String where() {
    return where;
  }

  /** What was found there, and what would be right. */
  public String what() {
    return what;
  }
}
