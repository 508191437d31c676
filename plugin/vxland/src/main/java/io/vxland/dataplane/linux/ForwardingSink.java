package io.vxland.dataplane.linux;

import io.vxland.model.InterfaceName;
import io.vxland.model.MacAddress;
import io.vxland.netlink4j.DumpSink;
import io.vxland.netlink4j.model.EntryState;
import io.vxland.netlink4j.model.FdbEntry;
import io.vxland.netlink4j.model.IpAddress;
import io.vxland.plan.ActualState.Destination;
import io.vxland.plan.ActualState.Forwarding;
import io.vxland.plan.ActualState.UnicastEntry;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Gathers the FDB of our VXLAN devices, and what bridges know behind them, out of a dump of all. A
 * hundred thousand entries name a few hosts, so equal destinations share one object.
 */
final class ForwardingSink implements DumpSink<FdbEntry> {
  /**
   * Most learned ports that are kept beside the moving ones. A migration may begin while the kernel
   * is read, and is not among those then.
   */
  private static final int MOST_OTHERS = 10_000;

  private final Map<Integer, InterfaceName> vxlans;
  private final Map<Integer, InterfaceName> listening;
  private final Map<Integer, InterfaceName> guests;
  private final Set<MacAddress> moving;
  private final Map<InterfaceName, Set<MacAddress>> learned = new HashMap<>();
  private final Map<InterfaceName, Set<MacAddress>> told = new HashMap<>();
  private final Map<InterfaceName, Map<MacAddress, Boolean>> pinned = new HashMap<>();
  private int others;
  private final Map<IpAddress, UnicastEntry> shared = new HashMap<>();
  private final Map<InterfaceName, Forwarding> byDevice = new HashMap<>();

  /**
   * Creates it.
   *
   * @param vxlans our VXLAN devices, and the outlets into migration tunnels, by index
   * @param listening the bridge ports of which it is to be told what was learned on them
   * @param guests others' ports in our bridges
   * @param moving the ports of which it must be told where they were learned, however many others
   *     there are
   */
  ForwardingSink(
      Map<Integer, InterfaceName> vxlans,
      Map<Integer, InterfaceName> listening,
      Map<Integer, InterfaceName> guests,
      Set<MacAddress> moving) {
    this.moving = moving;
    this.vxlans = vxlans;
    this.listening = listening;
    this.guests = guests;
  }

  @Override
  public void begin() {
    byDevice.clear();
    learned.clear();
    others = 0;
    told.clear();
    pinned.clear();
  }

  @Override
  public void accept(FdbEntry entry) {
    if (isLearned(entry)) {
      InterfaceName port = listening.get(entry.ifindex());
      if (port != null) {
        MacAddress mac = Values.model(entry.mac());
        if (moving.contains(mac) || ++others <= MOST_OTHERS) {
          learned.computeIfAbsent(port, name -> new HashSet<>()).add(mac);
        }
      }
      return;
    }
    if (guests.containsKey(entry.ifindex()) && isPinned(entry)) {
      pinned
          .computeIfAbsent(guests.get(entry.ifindex()), name -> new HashMap<>())
          .put(Values.model(entry.mac()), (entry.flags() & EntryState.STICKY) != 0);
      return;
    }
    InterfaceName device = vxlans.get(entry.ifindex());
    boolean behind = entry.isMaster() && entry.isExternallyLearned();
    if (behind && guests.containsKey(entry.ifindex()) && entry.mac().isMac()) {
      told.computeIfAbsent(guests.get(entry.ifindex()), name -> new HashSet<>())
          .add(Values.model(entry.mac()));
      return;
    }
    if (device == null || !entry.mac().isMac() || !(behind || isRemote(entry))) {
      return;
    }
    if (!byDevice.containsKey(device)) {
      byDevice.put(device, new Forwarding(new HashSet<>(), new HashMap<>(), new HashSet<>()));
    }
    MacAddress mac = Values.model(entry.mac());
    if (behind) {
      byDevice.get(device).behindTunnel().add(mac);
      return;
    }
    if (mac.equals(MacAddress.ZERO)) {
      replicas(device).add(destination(entry));
    } else if (entry.isStatic() || entry.isExternallyLearned()) {
      byDevice.get(device).unicast().put(mac, place(entry));
    }
  }

  /** A kernel that knows no sticky entries makes such a one, too, and lets it move. */
  private static boolean isPinned(FdbEntry entry) {
    return entry.isMaster()
        && entry.mac().isMac()
        && (entry.state() & EntryState.NOARP) != 0
        && (entry.state() & EntryState.PERMANENT) == 0;
  }

  private static boolean isLearned(FdbEntry entry) {
    return entry.isMaster() && !entry.isStatic() && !entry.isExternallyLearned();
  }

  private static boolean isRemote(FdbEntry entry) {
    return entry.isSelf() && entry.dst() != null;
  }

  private Set<Destination> replicas(InterfaceName device) {
    return byDevice.get(device).replication();
  }

  private UnicastEntry place(FdbEntry entry) {
    boolean ours = ActualReader.isOurs(entry);
    if (entry.port() != 0 || entry.vni() != 0 || !ours) {
      return new UnicastEntry(destination(entry), ours);
    }
    return shared.computeIfAbsent(
        entry.dst(), dst -> new UnicastEntry(Destination.of(Values.model(dst)), true));
  }

  static Destination destination(FdbEntry entry) {
    return new Destination(Values.model(entry.dst()), entry.port(), entry.vni());
  }

  Map<InterfaceName, Set<MacAddress>> learned() {
    return learned;
  }

  Map<InterfaceName, Set<MacAddress>> told() {
    return told;
  }

  Map<InterfaceName, Map<MacAddress, Boolean>> pinned() {
    return pinned;
  }

  Map<InterfaceName, Forwarding> forwarding() {
    return byDevice;
  }
}
