package io.vxland.tests.os;

import io.vxland.model.InterfaceName;
import io.vxland.model.MacAddress;
import io.vxland.os.AnnounceException;
import io.vxland.os.Announcer;

/** A program that announces a MAC out of a device, to be run in a namespace. */
final class Announce {
  private Announce() {}

  public static void main(String[] arguments) {
    try {
      Announcer.announce(new InterfaceName(arguments[0]), MacAddress.parse(arguments[1]));
      System.out.println("announced");
    } catch (AnnounceException refused) {
      System.out.println(refused.getMessage());
    }
  }
}
