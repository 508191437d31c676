package io.vxland.tests.lab;

/** Bytes that one guest sends to another over TCP. */
public final class Transfer {
  private Transfer() {}

  /** Serves 4 MB of random bytes on TCP port 6000 and returns their checksum. */
  public static String checksumOfServed(Lab lab, int host, String guest) {
    return lab.inGuest(
            host,
            guest,
            """
            head -c 4000000 /dev/urandom >/tmp/sent; \
            printf '#!/bin/sh\\nexec cat /tmp/sent\\n' >/tmp/send; chmod +x /tmp/send; \
            nc -ll -p 6000 -e /tmp/send >/dev/null 2>&1 & \
            until netstat -ltn | grep -q :6000; do :; done; \
            md5sum </tmp/sent\
            """)
        .must()
        .strip();
  }

  /** Fetches what another guest serves and returns its checksum. */
  public static String checksumOfReceived(Lab lab, int host, String guest, String from) {
    return lab.inGuest(host, guest, "nc " + from + " 6000 </dev/null | md5sum").must().strip();
  }
}
