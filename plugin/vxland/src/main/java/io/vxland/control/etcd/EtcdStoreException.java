package io.vxland.control.etcd;

import java.security.cert.CertificateExpiredException;

/** etcd did not do what it was asked, or cannot be reached: with what was tried and its words. */
public final class EtcdStoreException extends Exception {
  private static final long serialVersionUID = 1L;

  EtcdStoreException(String tried, Throwable cause) {
    super(tried + ": " + words(cause), cause);
  }

  EtcdStoreException(String tried, String words) {
    super(tried + ": " + words);
  }

  /** gRPC wraps what the other side has said. */
  private static String words(Throwable cause) {
    Throwable root = cause;
    while (root.getCause() != null && root.getCause() != root) {
      root = root.getCause();
    }
    if (root instanceof CertificateExpiredException) {
      // The JDK says when, and not what.
      return "a certificate has expired, " + root.getMessage();
    }
    return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
  }
}
