package io.vxland.netlink4j.jna;

import io.vxland.netlink4j.model.NetlinkException;

/** Makes sockets in other network namespaces. */
final class NetworkNamespaces {
  private NetworkNamespaces() {}

  /** Something that opens a descriptor. */
  interface Opening {
    int open() throws NetlinkException;
  }

  /*
   * A socket belongs to the namespace of the thread that makes it, for good. So a thread of its own
   * enters the namespace, makes the socket, and ends: no thread that lives on was ever elsewhere.
   * A thread that is started inherits its starter's namespace, so that thread must start none: JNA
   * starts its cleaner when native memory is allocated, which is why neither memory nor the mapping is
   * made there.
   */
  static int openIn(int namespaceFd, Opening opening) throws NetlinkException {
    Libc.load();
    Attempt attempt = new Attempt(namespaceFd, opening);
    Thread thread = new Thread(attempt, "netlink4j-setns");
    thread.setDaemon(true);
    thread.start();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        // setns and socket do not block; the descriptor must not be lost.
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return attempt.result();
  }

  private static final class Attempt implements Runnable {
    private final int namespaceFd;
    private final Opening opening;
    private int fd = -1;
    private Throwable failure;

    Attempt(int namespaceFd, Opening opening) {
      this.namespaceFd = namespaceFd;
      this.opening = opening;
    }

    @Override
    public void run() {
      try {
        if (Libc.setns(namespaceFd, Libc.CLONE_NEWNET) < 0) {
          throw new NetlinkException("enter the network namespace", Libc.errno());
        }
        fd = opening.open();
      } catch (NetlinkException | RuntimeException | Error e) {
        failure = e;
      }
    }

    /** Read after join, which orders it after run. */
    int result() throws NetlinkException {
      if (failure instanceof NetlinkException e) {
        throw e;
      }
      if (failure != null) {
        throw new IllegalStateException("opening a socket in a namespace failed", failure);
      }
      return fd;
    }
  }
}
