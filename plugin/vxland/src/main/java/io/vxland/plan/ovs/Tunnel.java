package io.vxland.plan.ovs;

import io.vxland.model.InvalidValueException;
import io.vxland.model.IpAddress;
import io.vxland.model.TunnelType;
import io.vxland.model.VlanTag;
import io.vxland.model.Vni;
import java.util.Collections;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A port of a switch that leads to other hosts, for one network or for all.
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

  /** Where flows say which host a frame goes to (ovs-vswitchd.conf.db(5)). */
  static final String BY_FLOW = "flow";

  /**
   * What tells one tunnel of a switch from another.
   *
   * @param vni the network; empty: all, as flows say
   * @param remote the other host; empty: any, as flows say. Of one network that is the tunnel for
   *     frames of cards on their way from one host to another
   */
  public record Key(Optional<Vni> vni, Optional<IpAddress> remote) implements Comparable<Key> {
    /** That of all networks to all hosts. */
    public static final Key SHARED = new Key(Optional.empty(), Optional.empty());

    private static final Comparator<Key> ORDER =
        Comparator.<Key, Vni>comparing(
                key -> key.vni().orElse(null), Comparator.nullsFirst(Comparator.naturalOrder()))
            .thenComparing(
                key -> key.remote().orElse(null), Comparator.nullsFirst(Comparator.naturalOrder()));

    /** The tunnel to a host. */
    public static Key to(Vni vni, IpAddress remote) {
      return new Key(Optional.of(vni), Optional.of(remote));
    }

    /** The tunnel of a network's migrations. */
    public static Key migrations(Vni vni) {
      return new Key(Optional.of(vni), Optional.empty());
    }

    /** Of a port that is there; empty if it is none of ours, or was changed by hand. */
    static Optional<Key> of(ActualSwitches.ActualPort port) {
      String remote = port.options().get("remote_ip");
      if (remote == null || port.owner().isEmpty()) {
        return Optional.empty();
      }
      Optional<Vni> vni = port.owner().get().network();
      if (vni.isEmpty()) {
        return Optional.of(SHARED);
      }
      try {
        return Optional.of(
            remote.equals(BY_FLOW)
                ? migrations(vni.get())
                : to(vni.get(), IpAddress.parse(remote)));
      } catch (InvalidValueException changedByHand) {
        return Optional.empty();
      }
    }

    /** Whether it is the tunnel of a network's migrations. */
    public boolean isOfMigrations() {
      return vni.isPresent() && remote.isEmpty();
    }

    @Override
    public int compareTo(Key other) {
      return ORDER.compare(this, other);
    }
  }

  /**
   * Column {@code protected} of table Port: from one such port nothing goes out of another, also by
   * flows. That of migrations takes what other hosts have sent; that of all is left by nothing that
   * came by it, for it is one port.
   */
  public boolean isProtected() {
    return key.remote().isPresent();
  }

  /** Whether a port is all that this one should be. */
  boolean is(ActualSwitches.ActualPort port) {
    return port.isProtected() == isProtected()
        && port.type().equals(type.toString())
        && port.options().equals(options)
        && port.tag().equals(tag)
        && port.bfd() == bfd;
  }

  /** Whose it is. */
  public SwitchOwnership.Owner owner() {
    return new SwitchOwnership.Owner(key.vni());
  }

  /** Copies the options. */
  public Tunnel(
      Key key, TunnelType type, Map<String, String> options, Optional<VlanTag> tag, boolean bfd) {
    this(key, type, Collections.unmodifiableSortedMap(new TreeMap<>(options)), tag, bfd);
  }
}
