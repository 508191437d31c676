package io.vxland.plan;

import io.vxland.model.IpAddress;
import io.vxland.model.MacAddress;
import java.util.HashMap;
import java.util.Map;

/**
 * What a tap has tried to send and a port filter has dropped.
 *
 * @param frames how many frames in all
 * @param macs how many of them, by MAC address that was claimed
 * @param addresses how many of them, by IP address that was claimed. Of both maps, what comes after
 *     some thousands on a host is not listed
 * @param dhcp how many of them were answers of a DHCP or DHCPv6 server
 * @param router how many of them were router advertisements or redirects
 */
public record DeniedFrames(
    long frames,
    Map<MacAddress, Long> macs,
    Map<IpAddress, Long> addresses,
    long dhcp,
    long router) {
  /** Nothing was dropped. */
  public static final DeniedFrames NONE = new DeniedFrames(0, Map.of(), Map.of(), 0, 0);

  /** Copies the maps. */
  public DeniedFrames {
    macs = Map.copyOf(macs);
    addresses = Map.copyOf(addresses);
  }

  /** These and others of the same tap. */
  public DeniedFrames and(DeniedFrames other) {
    Map<MacAddress, Long> allMacs = new HashMap<>(macs);
    other.macs.forEach((mac, count) -> allMacs.merge(mac, count, Long::sum));
    Map<IpAddress, Long> allAddresses = new HashMap<>(addresses);
    other.addresses.forEach((address, count) -> allAddresses.merge(address, count, Long::sum));
    return new DeniedFrames(
        frames + other.frames, allMacs, allAddresses, dhcp + other.dhcp, router + other.router);
  }
}
