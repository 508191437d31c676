package io.vxland.plan.ovs;

import io.vxland.model.IpAddress;
import io.vxland.model.TunnelType;
import io.vxland.model.VlanTag;
import io.vxland.model.Vni;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A port of a switch that leads to one other host, for one network.
 *
 * @param key which one it is
 * @param type how frames are wrapped
 * @param options column {@code options} of table Interface
 * @param tag column {@code tag} of table Port; empty on a switch that has one network
 * @param bfd whether it is watched
 */
public record Tunnel(
    Key key,
    TunnelType type,
    SortedMap<String, String> options,
    Optional<VlanTag> tag,
    boolean bfd) {

  /** What tells one tunnel of a switch from another. */
  public record Key(Vni vni, IpAddress remote) implements Comparable<Key> {
    @Override
    public int compareTo(Key other) {
      int byVni = vni.compareTo(other.vni);
      return byVni != 0 ? byVni : remote.compareTo(other.remote);
    }
  }

  /** Copies the options. */
  public Tunnel(
      Key key, TunnelType type, Map<String, String> options, Optional<VlanTag> tag, boolean bfd) {
    this(key, type, Collections.unmodifiableSortedMap(new TreeMap<>(options)), tag, bfd);
  }
}
